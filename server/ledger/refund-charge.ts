import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/**
 * Gives a whole charge back to the buyer's pool, the fee included. The seller's share comes from escrow or from what a
 * dispute froze, then from the wallet; what the seller has withdrawn the city pays now and books as `debt` (cents).
 * Once a task: thumbs-down and dispute share this one refund.
 */
export function refundCharge(
  ctx: Pick<Ctx, "db">,
  input: { taskId: string },
): Promise<Posted & { refunded: Cents; debt: Cents }> {
  return postMove<{ refunded: Cents; debt: Cents }>(ctx, Prisma.sql`ledger.refund_charge(${input.taskId})`);
}
