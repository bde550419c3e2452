import type { Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { readTaskReceipt, type TaskReceipt } from "../ledger/task-receipt.ts";
import { findTask } from "../tasks/find-task.ts";
import { isBuyer } from "../tasks/view.ts";

/** What the ledger did for a task, with proofs, as far as it concerns the caller: its buyer or its seller. */
export async function getReceipt(ctx: Ctx<Party>, input: { id: string }): Promise<TaskReceipt> {
  const task = await findTask(ctx, input.id);
  return readTaskReceipt(ctx, { taskId: task.id, side: isBuyer(task, ctx.actor) ? "buyer" : "seller" });
}
