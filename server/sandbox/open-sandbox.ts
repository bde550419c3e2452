import type { AgentActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { CityError, invalidState, notFound } from "../kernel/errors.ts";
import type { Sandbox } from "../ports/sandbox.ts";

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
  const sandbox = row.sandboxId === null ? null : await ctx.ports.sandbox.open(row.sandboxId);
  if (sandbox) return sandbox;
  if (row.sandboxId) await markLost(ctx, row.sandboxId);
  throw new CityError("UNAVAILABLE", "The sandbox was lost. Provision it again to go on at the same commit.", {
    retryAfter: 1,
    details: { reason: "sandbox_lost" },
  });
}

async function markLost(ctx: Ctx, sandboxId: string): Promise<void> {
  await ctx.db.$executeRaw`update sandbox set status = 'lost' where id = ${sandboxId} and status = 'ready'`;
}
