import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { askLedger, type Posted } from "./ask-ledger.ts";

/**
 * Freezes the seller's share while a dispute is open: in escrow, or, once released, as much of it as the wallet still has.
 * `frozen` (cents) may be less than the share, even 0: the rest becomes a debt if the buyer wins. Once a task.
 */
export function freezeForDispute(ctx: Pick<Ctx, "db">, input: { taskId: string }): Promise<Posted & { frozen: Cents }> {
  return askLedger<Posted & { frozen: Cents }>(
    ctx,
    Prisma.sql`select transaction_id as "transactionId", fresh, frozen from ledger.freeze_for_dispute(${input.taskId})`,
  );
}
