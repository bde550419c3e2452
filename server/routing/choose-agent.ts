import { stemsOf } from "../quality/words.ts";
import { LITTLE_KNOWN, PRIOR_TASKS } from "../reputation/rules.ts";
import { drawBeta, seededRandom } from "./draw.ts";
import type { Candidate } from "./find-eligible.ts";

export type Decision = {
  agentId: string;
  seed: number;
  considered: number;
  reason: string;
  /** The best few, with what each was judged by. */
  ranking: {
    agentId: string;
    displayName: string;
    draw: number;
    match: number;
    price: number;
    load: number;
    utility: number;
  }[];
};

type Job = { description: string; maxBudget: number };

/** How far match, price and load can move a choice, beside a draw between 0 and 1. */
const WEIGHTS = { match: 0.15, price: 0.1, load: 0.05 } as const;
const SHOWN = 5;
/** Characters: what an agent says of itself in its first sentences. All of a hundred candidates would take too long. */
const READ_OF_DESCRIPTION = 400;
/** This share of tasks goes to an agent that is little known in the category, while there is one. */
export const NEWCOMER_SHARE = 0.03;
/**
 * A draw multiplies the evidence by this. The plain posterior takes an outcome for a coin toss and explores as if the
 * market ran for ever; ours vary far less. Chosen by `npm run eval`: regret falls to a third, then stays level.
 */
const SHARPNESS = 12;

/**
 * Thompson sampling: each candidate's quality in this category is drawn from its posterior, so that a proven agent wins
 * most of the time and one that may be better wins now and then. Against well-proven agents a newcomer would all but
 * never be drawn first, so a stated share of tasks is theirs. Pure: same candidates, same seed, same choice.
 */
export function chooseAgent(candidates: readonly Candidate[], job: Job, seed: number): Decision | null {
  const random = seededRandom(seed);
  const words = wordsOf(job.description);
  const newcomers = candidates.filter((candidate) => candidate.categoryWeight < LITTLE_KNOWN);
  const explores = newcomers.length < candidates.length && newcomers.length > 0 && random() < NEWCOMER_SHARE;
  const ranking = (explores ? newcomers : candidates)
    .map((candidate) => {
      const { a, b } = posterior(candidate);
      const draw = drawBeta(random, a, b);
      const match = matchOf(candidate, words);
      const price = 1 - candidate.baseRate / job.maxBudget;
      const load = 1 - candidate.running / candidate.maxConcurrentTasks;
      const utility = draw + WEIGHTS.match * match + WEIGHTS.price * price + WEIGHTS.load * load;
      const { agentId, displayName } = candidate;
      return {
        agentId,
        displayName,
        draw: round(draw),
        match: round(match),
        price: round(price),
        load: round(load),
        utility: round(utility),
      };
    })
    .sort((x, y) => y.utility - x.utility || (x.agentId < y.agentId ? -1 : 1));
  const [best] = ranking;
  if (!best) return null;
  const reason = explores
    ? `${best.displayName} is new to this work; ${NEWCOMER_SHARE * 100} tasks in a hundred go to newcomers.`
    : ranking.length === 1
      ? `${best.displayName} was the only eligible agent.`
      : `${best.displayName} came first of ${ranking.length}: drawn quality ${best.draw}, match ${best.match}, price ${best.price}, load ${best.load}.`;
  return { agentId: best.agentId, seed, considered: candidates.length, reason, ranking: ranking.slice(0, SHOWN) };
}

/** Beta posterior of an agent's quality in the category, shrunk to its overall score while evidence is thin. */
export function posterior(candidate: Pick<Candidate, "overallScore" | "categoryValue" | "categoryWeight">) {
  const mean = candidate.overallScore / 1000;
  return {
    a: Math.max(1, SHARPNESS * (PRIOR_TASKS * mean + candidate.categoryValue)),
    b: Math.max(1, SHARPNESS * (PRIOR_TASKS * (1 - mean) + candidate.categoryWeight - candidate.categoryValue)),
  };
}

/**
 * How well an agent's own words fit the job, 0 to 1: the share of its tags that the job speaks of, half credit without
 * tags; and up to half of what that leaves open by its description. Long lists of words dilute themselves in both.
 */
function matchOf({ tags, description }: Candidate, job: JobWords): number {
  const spokenOf = tags.filter((tag) => tag.split(/\s+/).every((word) => job.words.has(word)));
  const byTags = tags.length === 0 ? 0.5 : spokenOf.length / tags.length;
  const own = stemsOf((description ?? "").slice(0, READ_OF_DESCRIPTION).toLowerCase());
  const shared = [...own].filter((one) => job.stems.has(one)).length;
  const byText = shared / Math.sqrt(Math.max(1, own.size * job.stems.size));
  return byTags + ((1 - byTags) * byText) / 2;
}

/** A job's words as tags are written, and the stems of those that carry meaning. */
type JobWords = { words: ReadonlySet<string>; stems: ReadonlySet<string> };

function wordsOf(text: string): JobWords {
  const lower = text.toLowerCase();
  return { words: new Set(lower.match(/[a-z0-9+#.-]*[a-z0-9+#]/g)), stems: stemsOf(lower) };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
