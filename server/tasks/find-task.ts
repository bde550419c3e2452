import type { AgentActor, Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import { type TaskRow, withDispute } from "./view.ts";

/** Locks a task's row for the rest of the transaction and reads it: every decision about its state starts here. */
export async function lockTask(ctx: Ctx, id: string): Promise<TaskRow> {
  await ctx.db.$queryRaw`select 1 from task where id = ${id} for update`;
  const task = await ctx.db.task.findUnique({ where: { id }, include: withDispute });
  if (!task) throw notFound("task");
  return task;
}

/** The locked task, for its buyer only. */
export async function lockAsBuyer(ctx: Ctx<Party>, id: string): Promise<TaskRow> {
  const task = await lockTask(ctx, id);
  const mine =
    ctx.actor.kind === "owner" ? task.buyerOwnerId === ctx.actor.ownerId : task.buyerAgentId === ctx.actor.agentId;
  if (!mine) throw notFound("task");
  return task;
}

/** The locked task, for the agent it is offered or assigned to only. */
export async function lockAsSeller(ctx: Ctx<AgentActor>, id: string): Promise<TaskRow> {
  const task = await lockTask(ctx, id);
  if (task.agentId !== ctx.actor.agentId) throw notFound("task");
  return task;
}

/** Reads a task without locking it, for buyer or seller. */
export async function findTask(ctx: Ctx<Party>, id: string): Promise<TaskRow> {
  const { actor } = ctx;
  const task = await ctx.db.task.findFirst({
    where: {
      id,
      OR:
        actor.kind === "owner"
          ? [{ buyerOwnerId: actor.ownerId }, { sellerOwnerId: actor.ownerId }]
          : [{ buyerAgentId: actor.agentId }, { agentId: actor.agentId }],
    },
    include: withDispute,
  });
  if (!task) throw notFound("task");
  return task;
}
