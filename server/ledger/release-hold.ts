import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/** Gives a task's whole hold back to the pool. Once a task, and never after a charge (CONFLICT). */
export function releaseHold(ctx: Pick<Ctx, "db">, input: { taskId: string }): Promise<Posted & { released: Cents }> {
  return postMove<{ released: Cents }>(ctx, Prisma.sql`ledger.release_hold(${input.taskId})`);
}
