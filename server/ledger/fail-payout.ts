import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/**
 * The money of a withdrawal came back: into the wallets it was taken from, debts first. Once; also after it was settled,
 * because banks return payouts days later.
 */
export function failPayout(ctx: Pick<Ctx, "db">, input: { withdrawalId: string }): Promise<Posted> {
  return postMove(ctx, Prisma.sql`ledger.fail_payout(${input.withdrawalId})`);
}
