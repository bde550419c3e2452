import fc from "fast-check";
import { expect, test } from "vitest";
import { ON_CREDIT, weighEvidence } from "#server/reputation/backing.ts";
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

const good = { dimension: "outcome", value: 1 } as const;
const stranger = { buyerFeesCents: 0, earlierFromBuyer: 0, creditUsed: 0 };

test("one buyer's praise counts for one task at most, however often it hires", () => {
  const weights = Array.from(
    { length: 50 },
    (_, earlierFromBuyer) => weighEvidence(good, { ...stranger, buyerFeesCents: 1e9, earlierFromBuyer }).weight,
  );
  expect(weights[0]).toBe(0.5);
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(1);
});

test("buyers who have paid no fees lift an agent together by no more than the credit", () => {
  let creditUsed = 0;
  let weight = 0;
  for (let buyer = 0; buyer < 500; buyer++) {
    const weighed = weighEvidence(good, { ...stranger, creditUsed });
    creditUsed += weighed.credit;
    weight += weighed.weight;
  }
  expect(weight).toBe(ON_CREDIT);
});

test("a failed gate counts in full whoever the buyer is, a stranger's thumbs-down does not", () => {
  const used = { ...stranger, creditUsed: ON_CREDIT };
  expect(weighEvidence({ dimension: "outcome", value: 0 }, used).weight).toBe(1);
  expect(weighEvidence({ dimension: "relationship", value: 0 }, used).weight).toBe(0);
});
