import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { invalidState } from "../kernel/errors.ts";
import { failTask } from "./end-task.ts";
import { lockAsBuyer } from "./find-task.ts";
import type { buyerTask } from "./schema.ts";
import { WAITING } from "./states.ts";
import { viewForBuyer } from "./view.ts";

/** The buyer takes a task back, before a seller has committed. Against a racing commitment, the row's lock decides. */
export async function cancelTask(ctx: Ctx<Party>, input: { id: string }): Promise<z.infer<typeof buyerTask>> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockAsBuyer(tx, input.id);
    if (!WAITING.includes(task.status)) {
      throw invalidState("A task can be cancelled until an agent has committed to it.", task.status, WAITING);
    }
    return viewForBuyer(await failTask(tx, task, "cancelled", { offer: "withdrawn" }));
  });
}
