import { type Ctx, inTransaction } from "../context.ts";
import { readPool } from "../ledger/read-pool.ts";
import { failTask } from "../tasks/end-task.ts";
import { lockTask } from "../tasks/find-task.ts";

const MESSAGE = "Cancelled because a top-up was charged back.";

/**
 * Cancels what a frozen owner has submitted and nobody has committed to yet: its money may be gone. Work that has begun
 * goes on; the seller acted in good faith, and the hold covers it.
 */
export async function cancelFrozenTasks(ctx: Ctx, input: { ownerId: string }): Promise<{ cancelled: number }> {
  // Asked once: the holds that come back repay the debt, and the last tasks are treated like the first.
  const { debt } = await readPool(ctx, input.ownerId);
  if (debt === 0) return { cancelled: 0 };
  const rows = await ctx.db.task.findMany({
    where: { buyerOwnerId: input.ownerId, status: { in: ["submitted", "routing"] } },
    select: { id: true },
  });
  let cancelled = 0;
  for (const { id } of rows) {
    await inTransaction(ctx, async (tx) => {
      const task = await lockTask(tx, id);
      if (task.status !== "submitted" && task.status !== "routing") return;
      await failTask(tx, task, "cancelled", { offer: "withdrawn", message: MESSAGE });
      cancelled += 1;
    });
  }
  return { cancelled };
}
