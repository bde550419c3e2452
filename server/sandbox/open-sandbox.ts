import type { AgentActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { invalidState, notFound } from "../kernel/errors.ts";
import { type Sandbox, sandboxLost } from "../ports/sandbox.ts";

type AccessRow = { taskStatus: string; sandboxId: string | null; closed: boolean };

/**
 * The sandbox of a task, for the agent that works on it and only while it works. State and owner are one query, asked
 * anew at every call: before the commitment and after delivery there is nothing to open.
 */
export async function openSandbox(ctx: Ctx<AgentActor>, taskId: string): Promise<Sandbox> {
  const [row] = await ctx.db.$queryRaw<AccessRow[]>`
    select t.status as "taskStatus", s.id as "sandboxId", s.closed_at is not null as closed
    from task t left join sandbox s on s.task_id = t.id and s.agent_id = t.agent_id and s.status = 'ready'
    where t.id = ${taskId} and t.agent_id = ${ctx.actor.agentId}`;
  if (!row) throw notFound("task");
  if (row.taskStatus !== "executing") {
    throw invalidState("The sandbox is open while the task is executing.", row.taskStatus, ["executing"]);
  }
  if (row.closed) throw notFound("sandbox");
  return openReady(ctx, row.sandboxId);
}

/** The sandbox that a row says is ready. @throws UNAVAILABLE with the reason `sandbox_lost` when there is none (any more) */
export async function openReady(ctx: Ctx, sandboxId: string | null): Promise<Sandbox> {
  const sandbox = sandboxId === null ? null : await findReady(ctx, sandboxId);
  if (!sandbox) throw sandboxLost();
  return sandbox;
}

/** The same, or null. Its row then says that it is lost, so that another can be made. */
export async function findReady(ctx: Ctx, sandboxId: string): Promise<Sandbox | null> {
  const sandbox = await ctx.ports.sandbox.open(sandboxId);
  if (!sandbox)
    await ctx.db.$executeRaw`update sandbox set status = 'lost' where id = ${sandboxId} and status = 'ready'`;
  return sandbox;
}
