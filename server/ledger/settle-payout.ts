import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import { askLedger, type Posted } from "./ask-ledger.ts";

/** The bank has the money of a withdrawal: it leaves the books. Once, and never after a failure (CONFLICT). */
export function settlePayout(ctx: Pick<Ctx, "db">, input: { withdrawalId: string }): Promise<Posted> {
  return askLedger(
    ctx,
    Prisma.sql`select transaction_id as "transactionId", fresh from ledger.settle_payout(${input.withdrawalId})`,
  );
}
