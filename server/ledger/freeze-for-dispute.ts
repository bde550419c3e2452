import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/**
 * Freezes the seller's whole share while a dispute is open: from escrow, or, once released, from the wallet. `debt` is how
 * much of the `frozen` cents the wallet no longer had: the seller owes it from now on. Once a task.
 */
export function freezeForDispute(
  ctx: Pick<Ctx, "db">,
  input: { taskId: string },
): Promise<Posted & { frozen: Cents; debt: Cents }> {
  return postMove<{ frozen: Cents; debt: Cents }>(ctx, Prisma.sql`ledger.freeze_for_dispute(${input.taskId})`);
}
