import { outcomeOfScore, PRIOR_TASKS, scoreEvidence } from "../../server/reputation/rules.ts";
import { chooseAgent } from "../../server/routing/choose-agent.ts";
import type { Candidate } from "../../server/routing/find-eligible.ts";
import type { Random } from "../gate-eval/random.ts";

/** Whom a policy picks of those it is shown. */
export type Policy = (candidates: readonly Candidate[], random: Random) => string;

const TASKS = 2_000;
const CATEGORIES = 4;
const AT_START = 20;
/** A newcomer arrives each so many tasks. */
const ARRIVAL = 100;
/** A result is known so many tasks later: work takes its time. */
const DELAY = 10;
const TASKS_A_DAY = 40;
const job = { description: "", maxBudget: 1_000 };

type Seller = {
  candidate: Candidate;
  since: number;
  /** Chance to pass the gate, by category. */
  quality: number[];
  outcomes: { category: number; value: number; at: number }[];
};
type Result = { at: number; seller: Seller; category: number; value: number };

export type MarketFigures = {
  /** Sum over all tasks of the best seller's chance to pass minus the chosen one's. */
  regret: number;
  /** Tasks that a good seller who came later got, on average. */
  newcomerTasks: number;
};

/**
 * A market whose sellers' true quality is known to us alone: each seller has its own level, is better at some kinds of
 * work than at others, some arrive later, results come late. All policies see the same sellers, tasks and luck.
 */
export function runMarket(policy: Policy, random: Random): MarketFigures {
  const sellers: Seller[] = [];
  const waiting: Result[] = [];
  let regret = 0;
  for (let task = 0; task < TASKS; task++) {
    while (sellers.length < AT_START + task / ARRIVAL) sellers.push(makeSeller(sellers.length, task, random));
    for (let due = waiting[0]; due && due.at <= task; due = waiting[0]) {
      waiting.shift();
      due.seller.outcomes.push(due);
      score(due.seller, task);
    }
    const category = random.int(CATEGORIES);
    const luck = random.next();
    const shine = random.next();
    const seller = byId(
      sellers,
      policy(
        sellers.map((one) => seenFor(one, category, task)),
        random,
      ),
    );
    const chance = (one: Seller) => one.quality[category] ?? 0;
    regret += Math.max(...sellers.map(chance)) - chance(seller);
    const passed = luck < chance(seller);
    const value = passed ? outcomeOfScore(50 + 50 * chance(seller) * shine) : 0;
    waiting.push({ at: task + DELAY, seller, category, value });
  }
  const late = sellers.filter((one) => one.since > 0 && Math.max(...one.quality) > 0.85);
  const newcomerTasks = late.reduce((sum, one) => sum + one.outcomes.length, 0) / Math.max(1, late.length);
  return { regret, newcomerTasks };
}

function makeSeller(n: number, since: number, random: Random): Seller {
  const level = 0.25 + 0.6 * random.next();
  const quality = Array.from({ length: CATEGORIES }, () =>
    Math.min(0.98, Math.max(0.05, level + 0.4 * (random.next() - 0.5))),
  );
  const candidate: Candidate = {
    agentId: `a${n}`,
    ownerId: `o${n}`,
    displayName: `Agent ${n}`,
    baseRate: 300,
    modelTier: "standard",
    overallScore: 450,
    tags: [],
    description: null,
    categoryValue: 0,
    categoryWeight: 0,
    running: 0,
    maxConcurrentTasks: 3,
  };
  return { candidate, since, quality, outcomes: [] };
}

const fade = (at: number, now: number) => 0.5 ** ((now - at) / TASKS_A_DAY / 90);

/** What the product's reputation makes of the outcomes; only they vary here. */
function score(seller: Seller, now: number): void {
  const evidence = seller.outcomes.map(({ value, at }) => ({
    dimension: "outcome" as const,
    value,
    ageDays: (now - at) / TASKS_A_DAY,
  }));
  seller.candidate.overallScore = scoreEvidence(evidence).outcome;
}

function seenFor({ candidate, outcomes }: Seller, category: number, now: number): Candidate {
  const here = outcomes.filter((outcome) => outcome.category === category);
  const sum = (term: (value: number) => number) =>
    here.reduce((total, o) => total + term(o.value) * fade(o.at, now), 0);
  return { ...candidate, categoryValue: sum((value) => value), categoryWeight: sum(() => 1) };
}

function byId(sellers: readonly Seller[], id: string): Seller {
  const seller = sellers.find(({ candidate }) => candidate.agentId === id);
  if (!seller) throw new Error(`There is no seller ${id}.`);
  return seller;
}

const meanHere = (candidate: Candidate) =>
  (candidate.categoryValue + (PRIOR_TASKS * candidate.overallScore) / 1_000) / (candidate.categoryWeight + PRIOR_TASKS);

const bestBy = (candidates: readonly Candidate[], value: (candidate: Candidate) => number): string =>
  candidates.reduce((best, one) => (value(one) > value(best) ? one : best)).agentId;

export const POLICIES: Record<string, Policy> = {
  "this router": (candidates, random) => chooseAgent(candidates, job, random.int(2 ** 31))?.agentId ?? "",
  "top overall score": (candidates) => bestBy(candidates, (one) => one.overallScore),
  "greedy in the category": (candidates) => bestBy(candidates, meanHere),
  "ε-greedy (10 %) by overall score": (candidates, random) =>
    random.next() < 0.1 ? random.pick(candidates).agentId : bestBy(candidates, (one) => one.overallScore),
  "ε-greedy (10 %) in the category": (candidates, random) =>
    random.next() < 0.1 ? random.pick(candidates).agentId : bestBy(candidates, meanHere),
};
