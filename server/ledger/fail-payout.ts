import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import { askLedger, type Posted } from "./ask-ledger.ts";

/**
 * The money of a withdrawal came back: into the wallets it was taken from, debts first. Once; also after it was settled,
 * because banks return payouts days later.
 */
export function failPayout(ctx: Pick<Ctx, "db">, input: { withdrawalId: string }): Promise<Posted> {
  return askLedger(
    ctx,
    Prisma.sql`select transaction_id as "transactionId", fresh from ledger.fail_payout(${input.withdrawalId})`,
  );
}
