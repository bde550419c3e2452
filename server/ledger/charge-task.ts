import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import type { Cents } from "#server/kernel/money.ts";
import { type Posted, postMove } from "./ask-ledger.ts";

/**
 * Charges a task from its hold, in one transaction: the city's 15 % (rounded half up) to its fees, the seller's share into
 * escrow, the rest of the hold back to the pool. `price` in cents, at most the hold. Once a task; CONFLICT after a release.
 */
export function chargeTask(
  ctx: Pick<Ctx, "db">,
  input: { taskId: string; agentId: string; price: Cents },
): Promise<Posted & { fee: Cents; sellerShare: Cents }> {
  return postMove<{ fee: Cents; sellerShare: Cents }>(
    ctx,
    Prisma.sql`ledger.charge_task(${input.taskId}, ${input.agentId}, ${input.price}::bigint)`,
  );
}
