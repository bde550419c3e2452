import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { invalidState } from "../kernel/errors.ts";
import { failTask } from "./end-task.ts";
import { lockAsSeller } from "./find-task.ts";
import type { failInput, sellerTask } from "./schema.ts";
import { viewForSeller } from "./view.ts";

/** The seller says that it cannot do a task it committed to. The buyer gets everything back. */
export async function giveUpTask(
  ctx: Ctx<AgentActor>,
  input: z.infer<typeof failInput>,
): Promise<z.infer<typeof sellerTask>> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockAsSeller(tx, input.id);
    if (task.status !== "executing")
      throw invalidState("Only a running task can be given up.", task.status, ["executing"]);
    const message = `The agent gave the task up: ${input.message ?? input.reason}`;
    return viewForSeller(await failTask(tx, task, "agent_failed", { message }));
  });
}
