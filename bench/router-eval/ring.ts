import { splitCharge } from "../../server/kernel/money.ts";
import { weighEvidence } from "../../server/reputation/backing.ts";
import { type Evidence, scoreEvidence, tierFor } from "../../server/reputation/rules.ts";

// What a ring pays to buy a tier: buyers and seller are one party, so all but the city's fees comes back to it.

const CHEAPEST_TASK_CENTS = 50;
const DIMENSIONS = ["outcome", "relationship", "economic", "reliability"] as const;

type Plan = { buyers: number; tasksEach: number; feesEachCents: number };

/** Fees burnt until the seller has the tier, or null when this plan never gets there. Everything goes perfectly. */
function feesFor({ buyers, tasksEach, feesEachCents }: Plan, tier: string): number | null {
  const { fee } = splitCharge(CHEAPEST_TASK_CENTS);
  let weight = 0;
  let creditUsed = 0;
  let burnt = 0;
  let tasks = 0;
  for (let buyer = 0; buyer < buyers; buyer++) {
    let paid = feesEachCents;
    burnt += feesEachCents;
    for (let earlier = 0; earlier < tasksEach; earlier++) {
      paid += fee;
      burnt += fee;
      tasks += 1;
      const weighed = weighEvidence(
        { dimension: "outcome", value: 1 },
        { buyerFeesCents: paid, earlierFromBuyer: earlier, creditUsed },
      );
      creditUsed += weighed.credit;
      weight += weighed.weight;
      // All alike, so one piece with the weight of all says the same.
      const evidence = DIMENSIONS.map((dimension): Evidence => ({ dimension, value: 1, ageDays: 0, weight }));
      if (tierFor(scoreEvidence(evidence).overall, tasks) === tier) return burnt;
    }
  }
  return null;
}

/** The cheapest of many plans, in dollars, and the plan. */
export function priceOfTier(tier: "established" | "trusted"): { dollars: number; plan: Plan } {
  let best = { dollars: Number.POSITIVE_INFINITY, plan: { buyers: 0, tasksEach: 0, feesEachCents: 0 } };
  for (const buyers of [1, 2, 3, 5, 7, 8, 9, 10, 12, 15, 20, 30, 50, 100, 200]) {
    for (const tasksEach of [1, 2, 3, 4, 6, 10]) {
      for (let feesEachCents = 0; feesEachCents <= 25_000; feesEachCents += 250) {
        const fees = feesFor({ buyers, tasksEach, feesEachCents }, tier);
        if (fees !== null && fees / 100 < best.dollars)
          best = { dollars: fees / 100, plan: { buyers, tasksEach, feesEachCents } };
      }
    }
  }
  return best;
}
