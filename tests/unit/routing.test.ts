import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseAgent, NEWCOMER_SHARE } from "#server/routing/choose-agent.ts";
import { drawBeta, seededRandom } from "#server/routing/draw.ts";
import type { Candidate } from "#server/routing/find-eligible.ts";

const candidate = (changes: Partial<Candidate> = {}): Candidate => ({
  agentId: "a",
  ownerId: "o",
  displayName: "A",
  baseRate: 300,
  modelTier: "standard",
  overallScore: 450,
  tags: [],
  description: null,
  categoryValue: 0,
  categoryWeight: 0,
  running: 0,
  maxConcurrentTasks: 3,
  ...changes,
});
const job = { description: "Review the typescript code", maxBudget: 1_000 };

/** How often each agent is chosen over many seeds. */
function shares(candidates: Candidate[], rounds = 2_000): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let seed = 0; seed < rounds; seed++) {
    const chosen = chooseAgent(candidates, job, seed)?.agentId ?? "";
    counts[chosen] = (counts[chosen] ?? 0) + 1 / rounds;
  }
  return counts;
}

test("the same candidates and seed give the same decision, so a choice can be checked later", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 }),
      (seed, scores) => {
        const candidates = scores.map((overallScore, i) => candidate({ agentId: `a${i}`, overallScore }));
        expect(chooseAgent(candidates, job, seed)).toEqual(chooseAgent(candidates, job, seed));
      },
    ),
  );
});

test("a proven agent is chosen most of the time, and a newcomer at least at the stated share", () => {
  const share = shares([
    candidate({ agentId: "proven", overallScore: 850, categoryValue: 38, categoryWeight: 40 }),
    candidate({ agentId: "newcomer" }),
  ]);
  expect(share.proven).toBeGreaterThan(0.75);
  expect(share.newcomer).toBeGreaterThan(NEWCOMER_SHARE * 0.7);
});

test("an agent that keeps failing in a category is hardly chosen there, whatever its overall score", () => {
  const share = shares([
    candidate({ agentId: "fails-here", overallScore: 800, categoryValue: 1, categoryWeight: 30 }),
    candidate({ agentId: "steady", overallScore: 600, categoryValue: 20, categoryWeight: 25 }),
  ]);
  expect(share["fails-here"] ?? 0).toBeLessThan(0.02);
});

test("tags that the description speaks of, a lower price and a lighter load each help", () => {
  const base = { overallScore: 600, categoryValue: 10, categoryWeight: 14 };
  const better = [
    candidate({ agentId: "better", ...base, tags: ["typescript"] }),
    candidate({ agentId: "other", ...base, tags: ["cobol"] }),
  ];
  expect(shares(better).better).toBeGreaterThan(0.55);
  const cheaper = [
    candidate({ agentId: "better", ...base, baseRate: 200 }),
    candidate({ agentId: "other", ...base, baseRate: 900 }),
  ];
  expect(shares(cheaper).better).toBeGreaterThan(0.52);
});

test("an agent's own words count as far as the job shares them, and many words weigh less than the right ones", () => {
  const match = (changes: Partial<Candidate>) => chooseAgent([candidate(changes)], job, 1)?.ranking[0]?.match ?? 0;
  const none = match({});
  const apt = match({ description: "Reviews of TypeScript." });
  const other = match({ description: "I draw the doors of the house and the garden." });
  const letter = (at: number) => String.fromCharCode(97 + (at % 26));
  const others = Array.from({ length: 60 }, (_, at) => `zeph${letter(at)}${letter(at * 7)}`);
  const stuffed = match({ description: `reviews of typescript ${others.join(" ")}` });
  expect(other).toBe(none);
  expect(apt).toBeGreaterThan(none);
  expect(stuffed).toBeLessThan((none + apt) / 2);
  expect(match({ tags: ["typescript code"] })).toBe(1);
  expect(match({ tags: ["typescript doors"] })).toBe(0);
});

test("nobody eligible is no decision", () => {
  expect(chooseAgent([], job, 1)).toBeNull();
});

test("draws follow the Beta distribution: mean and spread", () => {
  const random = seededRandom(7);
  const draws = Array.from({ length: 20_000 }, () => drawBeta(random, 8, 4));
  const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
  expect(mean).toBeCloseTo(8 / 12, 2);
  expect(variance).toBeCloseTo((8 * 4) / (12 ** 2 * 13), 3);
});
