import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/**
 * Sets earnings (cents) of one or more agents aside for a withdrawal. Once a withdrawal.
 * INSUFFICIENT_CREDITS when a wallet has less, CONFLICT while one of the agents or the owner is in debt.
 */
export function startPayout(
  ctx: Pick<Ctx, "db">,
  input: { withdrawalId: string; ownerId: string; sources: { agentId: string; amount: Cents }[] },
): Promise<Posted> {
  return postMove(
    ctx,
    Prisma.sql`ledger.start_payout(${input.withdrawalId}, ${input.ownerId},
      ${input.sources.map((source) => source.agentId)}::text[], ${input.sources.map((source) => source.amount)}::bigint[])`,
  );
}
