import { type Ctx, inTransaction } from "../context.ts";
import { failTask } from "./end-task.ts";
import { lockTask } from "./find-task.ts";
import type { TaskRow } from "./view.ts";

/** Ends a task that the city could not judge: everything held goes back, nobody is blamed, an operator is told. */
export async function abandonJudgement(ctx: Ctx, input: { taskId: string; why: string }): Promise<{ status: string }> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockTask(tx, input.taskId);
    if (task.status !== "quality_check") return { status: task.status };
    return endUnjudged(tx, task, input.why);
  });
}

/** The same for a task that is locked and in the gate. */
export async function endUnjudged(ctx: Ctx, task: TaskRow, why: string): Promise<{ status: string }> {
  ctx.log.error({ alert: "platform_error", taskId: task.id, why }, "a task could not be judged");
  const { status } = await failTask(ctx, task, "platform_error");
  return { status };
}
