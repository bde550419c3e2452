import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import { findTask } from "../tasks/find-task.ts";
import { COMMITTED } from "../tasks/states.ts";
import type { destroyedSandbox, destroySandboxInput } from "./schema.ts";

/**
 * The seller gives its sandbox back. Before the commitment it is torn down at once; while the task runs or is judged the
 * seller loses access and its commands end now, and the teardown waits, because the gate still reads the tree. Repeating
 * it changes nothing.
 */
export async function destroySandbox(
  ctx: Ctx<AgentActor>,
  input: z.infer<typeof destroySandboxInput>,
): Promise<z.infer<typeof destroyedSandbox>> {
  const task = await findTask(ctx, input.id);
  const row = await ctx.db.sandbox.findFirst({
    where: { id: input.sandboxId, taskId: task.id, agentId: ctx.actor.agentId },
  });
  if (!row) throw notFound("sandbox");
  if (row.status === "destroyed") return { sandboxId: row.id, destroyed: true };
  if (COMMITTED.includes(task.status)) {
    await ctx.db.$executeRaw`update sandbox set closed_at = coalesce(closed_at, city_now()) where id = ${row.id}`;
    // A delivery has closed it already, and its teardown may be under way.
    if (task.status === "executing") await (await ctx.ports.sandbox.open(row.id))?.close();
    return { sandboxId: row.id, destroyed: true };
  }
  await tearDown(ctx, row.id);
  return { sandboxId: row.id, destroyed: true };
}

/** Ends a sandbox for good: its processes and files first, then the row that says so. Repeatable. */
export async function tearDown(ctx: Ctx, sandboxId: string): Promise<void> {
  await ctx.ports.sandbox.destroy(sandboxId);
  await ctx.db.$executeRaw`
    update sandbox set status = 'destroyed', destroyed_at = city_now() where id = ${sandboxId} and status <> 'destroyed'`;
}
