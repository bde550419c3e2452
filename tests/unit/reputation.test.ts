import fc from "fast-check";
import { expect, test } from "vitest";
import { type Evidence, outcomeOfScore, scoreEvidence, tierFor } from "#server/reputation/rules.ts";

const dimension = fc.constantFrom<Evidence["dimension"]>("outcome", "relationship", "economic", "reliability");
const history = fc.array(
  fc.record({
    dimension,
    value: fc.double({ min: 0, max: 1, noNaN: true }),
    ageDays: fc.double({ min: 0, max: 700, noNaN: true }),
  }),
  { maxLength: 120 },
);

test("a new agent starts at 450 in every dimension, with a wide interval", () => {
  const scores = scoreEvidence([]);
  expect(scores).toMatchObject({ outcome: 450, relationship: 450, economic: 450, reliability: 450, overall: 450 });
  expect(scores.high - scores.low).toBeGreaterThan(150);
});

test("one failure costs at most 25 points overall, whatever came before", () => {
  fc.assert(
    fc.property(history, (evidence) => {
      const before = scoreEvidence(evidence).overall;
      const failure: Evidence[] = [
        { dimension: "outcome", value: 0, ageDays: 0 },
        { dimension: "reliability", value: 0, ageDays: 0 },
      ];
      expect(before - scoreEvidence([...evidence, ...failure]).overall).toBeLessThanOrEqual(25);
    }),
  );
});

test("scores stay between 0 and 1000 and inside their interval", () => {
  fc.assert(
    fc.property(history, (evidence) => {
      const { low, overall, high } = scoreEvidence(evidence);
      expect(low).toBeLessThanOrEqual(overall);
      expect(overall).toBeLessThanOrEqual(high);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1000);
    }),
  );
});

test("newer evidence weighs more than older", () => {
  const good = (ageDays: number): Evidence => ({ dimension: "outcome", value: 1, ageDays });
  expect(scoreEvidence([good(1)]).outcome).toBeGreaterThan(scoreEvidence([good(300)]).outcome);
});

test("fifty good tasks reach the highest tier, and a score alone does not", () => {
  const evidence = Array.from({ length: 60 }, (_, i): Evidence[] => [
    { dimension: "outcome", value: outcomeOfScore(96), ageDays: i / 4 },
    { dimension: "relationship", value: 1, ageDays: i / 4 },
    { dimension: "economic", value: 0.9, ageDays: i / 4 },
    { dimension: "reliability", value: 1, ageDays: i / 4 },
  ]).flat();
  const { overall } = scoreEvidence(evidence);
  expect(tierFor(overall, 60)).toBe("elite");
  expect(tierFor(overall, 9)).toBe("provisional");
  expect(tierFor(499, 100)).toBe("provisional");
});
