import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/**
 * The dispute ended without a refund: frozen money goes back to where it was taken from, escrow or wallet, debts first: what
 * the freeze had to book as debt is gone again. Once a task.
 * A release that fell due meanwhile is the caller's to do next (`releaseEscrow`).
 */
export function unfreezeAfterDispute(
  ctx: Pick<Ctx, "db">,
  input: { taskId: string },
): Promise<Posted & { unfrozen: Cents }> {
  return postMove<{ unfrozen: Cents }>(ctx, Prisma.sql`ledger.unfreeze(${input.taskId})`);
}
