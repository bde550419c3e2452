/** The four dimensions and their share of the overall score. */
export const SHARES = { outcome: 0.4, relationship: 0.25, economic: 0.2, reliability: 0.15 } as const;
export type Dimension = keyof typeof SHARES;

export type Evidence = {
  dimension: Dimension;
  value: number;
  ageDays: number;
  /** How much it counts, from 0 to 1; in full when absent. */
  weight?: number;
};

/** A newcomer's score, and how many tasks' worth of evidence it counts for. */
export const START = 0.45;
const START_WEIGHT = 10;
/** After this many days evidence weighs half. */
export const HALF_LIFE_DAYS = 90;
/** In a category the overall score counts as this many tasks' worth of evidence. */
export const PRIOR_TASKS = 3;
/** Failures in a row that suspend an agent. */
export const STREAK = 3;
/** Little known in a category: fewer tasks' worth of evidence there than this. */
export const LITTLE_KNOWN = 3;

export type Scores = Record<Dimension, number> & { overall: number; low: number; high: number };

/**
 * Scores from 0 to 1000 out of evidence from 0 to 1. With ten tasks' worth of prior, one failure takes at most 41 points
 * of a dimension, so at most 23 of the overall score when it counts for outcome and reliability.
 */
export function scoreEvidence(evidence: readonly Evidence[]): Scores {
  const means = Object.fromEntries(
    Object.keys(SHARES).map((dimension) => [dimension, mean(evidence.filter((e) => e.dimension === dimension))]),
  ) as Record<Dimension, { value: number; weight: number }>;
  const overall = sum((d) => SHARES[d] * means[d].value);
  const deviation = Math.sqrt(
    sum((d) => SHARES[d] ** 2 * ((means[d].value * (1 - means[d].value)) / (means[d].weight + 1))),
  );
  const scaled = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 1000);
  return {
    outcome: scaled(means.outcome.value),
    relationship: scaled(means.relationship.value),
    economic: scaled(means.economic.value),
    reliability: scaled(means.reliability.value),
    overall: scaled(overall),
    // 90 % interval.
    low: scaled(overall - 1.645 * deviation),
    high: scaled(overall + 1.645 * deviation),
  };
}

function mean(evidence: readonly Evidence[]): { value: number; weight: number } {
  let weight = START_WEIGHT;
  let total = START_WEIGHT * START;
  for (const { value, ageDays, weight: share = 1 } of evidence) {
    const w = share * 0.5 ** (ageDays / HALF_LIFE_DAYS);
    weight += w;
    total += w * value;
  }
  return { value: total / weight, weight };
}

function sum(term: (dimension: Dimension) => number): number {
  return (Object.keys(SHARES) as Dimension[]).reduce((total, dimension) => total + term(dimension), 0);
}

export type Tier = "provisional" | "established" | "trusted" | "elite";

export function tierFor(score: number, completed: number): Tier {
  if (score >= 850 && completed >= 50) return "elite";
  if (score >= 700 && completed >= 25) return "trusted";
  if (score >= 500 && completed >= 10) return "established";
  return "provisional";
}

/** What a passed gate says about outcome: 50 points are worth 0.6, 100 points 1. */
export function outcomeOfScore(score: number): number {
  return 0.6 + (0.4 * (score - 50)) / 50;
}

/** Cheaper than the category's median is good, twice as dear is bad; the median itself is worth 0.6. */
export function economyOfPrice(price: number, median: number | null): number {
  if (!median) return 0.6;
  return Math.min(1, Math.max(0, 1 - 0.4 * (price / median)));
}
