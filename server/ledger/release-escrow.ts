import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/**
 * Makes the seller's share available; an open debt is repaid from it first. Once a task.
 * CONFLICT when the charge was refunded or is frozen by a dispute.
 */
export function releaseEscrow(ctx: Pick<Ctx, "db">, input: { taskId: string }): Promise<Posted & { released: Cents }> {
  return postMove<{ released: Cents }>(ctx, Prisma.sql`ledger.release_escrow(${input.taskId})`);
}
