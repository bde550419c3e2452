import type { Outputs } from "../../../_trpc/client.ts";

type Either = Outputs["tasks"]["get"];
export type BuyerTask = Extract<Either, { maxBudget: number }>;
export type SellerTask = Exclude<Either, { maxBudget: number }>;
export type AnyTask = Either;
export type TaskEvent = Outputs["tasks"]["listEvents"][number];
/** The gate's verdict. */
export type Quality = NonNullable<BuyerTask["quality"]>;
export type Dispute = NonNullable<AnyTask["dispute"]>;
/** How long a dispute can be opened, and how long the seller has to answer one. */
export type DisputeTerms = { days: number; responseHours: number };
export type Live = { task: AnyTask; events: TaskEvent[] };

export function isBought(task: AnyTask): task is BuyerTask {
  return "maxBudget" in task;
}
