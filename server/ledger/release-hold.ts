import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { askLedger, type Posted } from "./ask-ledger.ts";

/** Gives a task's whole hold back to the pool. Once a task, and never after a charge (CONFLICT). */
export function releaseHold(ctx: Pick<Ctx, "db">, input: { taskId: string }): Promise<Posted & { released: Cents }> {
  return askLedger<Posted & { released: Cents }>(
    ctx,
    Prisma.sql`select transaction_id as "transactionId", fresh, released from ledger.release_hold(${input.taskId})`,
  );
}
