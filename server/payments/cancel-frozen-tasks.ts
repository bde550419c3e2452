import { type Ctx, inTransaction } from "../context.ts";
import { failTask } from "../tasks/end-task.ts";
import { lockTask } from "../tasks/find-task.ts";
import { WAITING } from "../tasks/states.ts";

const MESSAGE = "Cancelled because a top-up was charged back.";

/**
 * Cancels what a frozen owner had submitted and nobody has committed to yet: its money may be gone. Work that has begun
 * goes on; the seller acted in good faith, and the hold covers it. Repeatable.
 */
export async function cancelFrozenTasks(ctx: Ctx, input: { taskIds: string[] }): Promise<{ cancelled: number }> {
  let cancelled = 0;
  for (const id of input.taskIds) {
    await inTransaction(ctx, async (tx) => {
      const task = await lockTask(tx, id);
      if (!WAITING.includes(task.status)) return;
      await failTask(tx, task, "cancelled", { offer: "withdrawn", message: MESSAGE });
      cancelled += 1;
    });
  }
  return { cancelled };
}
