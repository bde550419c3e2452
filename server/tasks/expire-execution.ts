import { type Ctx, cityNow, inTransaction } from "../context.ts";
import { failTask } from "./end-task.ts";
import type { Expiry } from "./expire-offer.ts";
import { lockTask } from "./find-task.ts";

/** Ends a task whose seller did not deliver in time; everything held goes back. */
export async function expireExecution(ctx: Ctx, input: { taskId: string }): Promise<Expiry> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockTask(tx, input.taskId);
    if (task.status !== "executing") return { state: "settled" };
    if ((await cityNow(tx)) < task.deadlineAt) return { state: "waiting", until: task.deadlineAt.toISOString() };
    await failTask(tx, task, "execution_timeout");
    return { state: "settled" };
  });
}
