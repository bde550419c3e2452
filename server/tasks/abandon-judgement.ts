import { type Ctx, inTransaction } from "../context.ts";
import { failTask } from "./end-task.ts";
import { lockTask } from "./find-task.ts";

/** Ends a task that the city could not judge: everything held goes back, nobody is blamed, an operator is told. */
export async function abandonJudgement(ctx: Ctx, input: { taskId: string; why: string }): Promise<{ status: string }> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockTask(tx, input.taskId);
    if (task.status !== "quality_check") return { status: task.status };
    tx.log.error({ alert: "platform_error", taskId: task.id, why: input.why }, "a task could not be judged");
    const { status } = await failTask(tx, task, "platform_error");
    return { status };
  });
}
