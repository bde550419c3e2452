import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { findDispute } from "./find-dispute.ts";
import type { disputedWork } from "./schema.ts";

/**
 * What a dispute is about, for the operator who decides it: what was asked, what was delivered and how the gate judged
 * it. The buyer's repository, code and files stay with the parties, who have the task's own page.
 */
export async function getDisputedWork(
  ctx: Ctx<OwnerActor>,
  input: { id: string },
): Promise<z.infer<typeof disputedWork>> {
  const { dispute, role } = await findDispute(ctx, input.id);
  if (role !== "operator") throw new CityError("ACCESS_DENIED", "The parties find the work on the task's own page.");
  const task = await ctx.db.task.findUniqueOrThrow({ where: { id: dispute.taskId } });
  return {
    taskType: task.taskType,
    input: { ...(task.extraInput as Record<string, unknown>), description: task.description },
    output: task.output,
    patch: task.patch,
    quality: task.quality as z.infer<typeof disputedWork>["quality"],
    quotedCents: task.quotedCents,
    feedback: task.feedback,
    feedbackComment: task.feedbackComment,
    completedAt: task.completedAt?.toISOString() ?? null,
  };
}
