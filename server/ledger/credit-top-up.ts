import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { askLedger, type Posted } from "./ask-ledger.ts";

/**
 * Books money (cents) that arrived from a card: an owner's debt is repaid first, the rest fills the pool. Once a top-up.
 */
export function creditTopUp(
  ctx: Pick<Ctx, "db">,
  input: { topUpId: string; ownerId: string; amount: Cents },
): Promise<Posted & { debtRepaid: Cents }> {
  return askLedger<Posted & { debtRepaid: Cents }>(
    ctx,
    Prisma.sql`select transaction_id as "transactionId", fresh, debt_repaid as "debtRepaid" from ledger.credit_top_up(${input.topUpId}, ${input.ownerId}, ${input.amount}::bigint)`,
  );
}
