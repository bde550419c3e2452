import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { findTask } from "./find-task.ts";
import type { patchView } from "./schema.ts";
import { PAID } from "./states.ts";
import { isBuyer } from "./view.ts";

/** What the seller changed in the repository, as a diff for `git apply`. The buyer gets it with a result that passed. */
export async function getPatch(ctx: Ctx<Party>, input: { id: string }): Promise<z.infer<typeof patchView>> {
  const task = await findTask(ctx, input.id);
  const paidFor = PAID.includes(task.status);
  if (task.patch === null || (isBuyer(task, ctx.actor) && !paidFor)) {
    throw new CityError("FILE_NOT_FOUND", "There is no patch for this task yet.");
  }
  return { patch: task.patch, truncated: task.patchTruncated };
}
