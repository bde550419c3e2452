import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { findTask } from "./find-task.ts";
import type { taskEventView } from "./schema.ts";
import { readTimeline } from "./timeline.ts";
import { isBuyer } from "./view.ts";

/** Everything that happened to a task so far, as far as the caller may know it: what the stream sends, at once. */
export async function listEvents(ctx: Ctx<Party>, input: { id: string }): Promise<z.infer<typeof taskEventView>[]> {
  const task = await findTask(ctx, input.id);
  const viewer = isBuyer(task, ctx.actor)
    ? { side: "buyer" as const }
    : { side: "seller" as const, agentId: task.agentId };
  return (await readTimeline(ctx, task.id, viewer)).events;
}
