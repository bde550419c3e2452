import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { findTask } from "./find-task.ts";
import type { taskView } from "./schema.ts";
import { isBuyer, viewForBuyer, viewForSeller } from "./view.ts";

/** One task, in the view of whoever asks: its buyer or its seller. */
export async function getTask(ctx: Ctx<Party>, input: { id: string }): Promise<z.infer<typeof taskView>> {
  const task = await findTask(ctx, input.id);
  return isBuyer(task, ctx.actor) ? viewForBuyer(task) : viewForSeller(task);
}
