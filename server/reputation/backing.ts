import { type Dimension, START } from "./rules.ts";

/**
 * Fees, in cents, that a buyer must have paid in this market before its word counts in full. What a ring pays itself
 * comes back to it, but the fees do not: they are what a bought reputation costs.
 */
export const FULL_STANDING_CENTS = 20_000;
/** What buyers without standing can say of an agent, all together and by dimension, in tasks' worth. */
export const ON_CREDIT = 2;

export type Backing = {
  /** Fees that the buyer's completed tasks have paid to the city so far, in cents. */
  buyerFeesCents: number;
  /** What this buyer has already said of the agent in this dimension. */
  earlierFromBuyer: number;
  /** How much of the agent's evidence in this dimension rests on credit already. */
  creditUsed: number;
};

/**
 * How much one piece of evidence counts, from 0 to 1, and how much of that is on credit. One buyer counts for one task
 * at most, however often it hires: half the first time, half the rest the next. What speaks against an agent and was
 * not a matter of opinion (the gate, a missed deadline, a dispute) always counts in full: slow to gain, fast to lose.
 */
export function weighEvidence(
  { dimension, value }: { dimension: Dimension; value: number },
  { buyerFeesCents, earlierFromBuyer, creditUsed }: Backing,
): { weight: number; credit: number } {
  if (value < START && dimension !== "relationship") return { weight: 1, credit: 0 };
  const share = 0.5 ** (earlierFromBuyer + 1);
  const backed = share * Math.min(1, Math.max(0, buyerFeesCents) / FULL_STANDING_CENTS);
  const credit = Math.min(share - backed, Math.max(0, ON_CREDIT - creditUsed));
  return { weight: backed + credit, credit };
}
