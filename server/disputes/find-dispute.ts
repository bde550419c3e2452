import type { Ctx } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import { lockTask } from "../tasks/find-task.ts";
import type { TaskRow } from "../tasks/view.ts";
import { type DisputeRow, type Role, roleOf, withDetails } from "./view.ts";

/** Reads a dispute for a party or an operator; to anyone else it does not exist. */
export async function findDispute(ctx: Ctx, id: string): Promise<{ dispute: DisputeRow; role: Role }> {
  const dispute = await ctx.db.dispute.findUnique({ where: { id }, include: withDetails });
  const role = dispute && roleOf(dispute, ctx.actor);
  if (!dispute || !role) throw notFound("dispute");
  return { dispute, role };
}

/**
 * The same, with the task's row locked: feedback, refund, release and every step of a dispute meet at that one lock, and
 * what is read under it stays true until the transaction ends.
 */
export async function lockDispute(ctx: Ctx, id: string): Promise<{ dispute: DisputeRow; role: Role; task: TaskRow }> {
  const { dispute } = await findDispute(ctx, id);
  const task = await lockTask(ctx, dispute.taskId);
  return { ...(await findDispute(ctx, id)), task };
}
