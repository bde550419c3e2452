import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/** The bank has the money of a withdrawal: it leaves the books. Once, and never after a failure (CONFLICT). */
export function settlePayout(ctx: Pick<Ctx, "db">, input: { withdrawalId: string }): Promise<Posted> {
  return postMove(ctx, Prisma.sql`ledger.settle_payout(${input.withdrawalId})`);
}
