import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/**
 * Sets a task's whole budget (cents) aside from its owner's pool. Once a task.
 * Throws INSUFFICIENT_CREDITS with `required` and `available` (cents) when the pool has less.
 */
export function holdBudget(
  ctx: Pick<Ctx, "db">,
  input: { taskId: string; ownerId: string; amount: Cents },
): Promise<Posted> {
  return postMove(ctx, Prisma.sql`ledger.hold_budget(${input.taskId}, ${input.ownerId}, ${input.amount}::bigint)`);
}
