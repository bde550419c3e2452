import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { askLedger, type Posted } from "./ask-ledger.ts";

/**
 * Gives a whole charge back to the buyer's pool, the fee included. The seller's share comes from escrow or from what a
 * dispute froze, then from the wallet; what the seller has withdrawn the city pays now and books as `debt` (cents).
 * Once a task: thumbs-down and dispute share this one refund.
 */
export function refundCharge(
  ctx: Pick<Ctx, "db">,
  input: { taskId: string },
): Promise<Posted & { refunded: Cents; debt: Cents }> {
  return askLedger<Posted & { refunded: Cents; debt: Cents }>(
    ctx,
    Prisma.sql`select transaction_id as "transactionId", fresh, refunded, debt from ledger.refund_charge(${input.taskId})`,
  );
}
