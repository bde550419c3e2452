import { type Ctx, cityNow, inTransaction } from "../context.ts";
import { endUnjudged } from "./abandon-judgement.ts";
import type { Expiry } from "./expire-offer.ts";
import { lockTask } from "./find-task.ts";

/** Ends a task that the gate did not judge in time; see `abandonJudgement`. */
export async function expireJudgement(ctx: Ctx, input: { taskId: string }): Promise<Expiry> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockTask(tx, input.taskId);
    if (task.status !== "quality_check") return { state: "settled" };
    if ((await cityNow(tx)) < task.deadlineAt) return { state: "waiting", until: task.deadlineAt.toISOString() };
    await endUnjudged(tx, task, "The gate did not answer in time.");
    return { state: "settled" };
  });
}
