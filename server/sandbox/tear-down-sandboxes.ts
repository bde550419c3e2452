import type { Ctx } from "../context.ts";
import { tearDown } from "./destroy-sandbox.ts";

/** Ends every sandbox of a task that is final. Repeatable. */
export async function tearDownSandboxes(ctx: Ctx, input: { taskId: string }): Promise<{ destroyed: number }> {
  const rows = await ctx.db.sandbox.findMany({
    where: { taskId: input.taskId, status: { not: "destroyed" } },
    select: { id: true },
  });
  for (const row of rows) await tearDown(ctx, row.id);
  return { destroyed: rows.length };
}

/** Ends every sandbox past its time, whatever its task does. The work of one that still runs counts as lost. */
export async function tearDownExpired(ctx: Ctx): Promise<{ destroyed: number }> {
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    select s.id from sandbox s join task t on t.id = s.task_id
    where s.status <> 'destroyed'
      and (s.expires_at < city_now() or t.status in ('completed', 'failed', 'refunded'))`;
  for (const row of rows) await tearDown(ctx, row.id);
  return { destroyed: rows.length };
}

/** At start: sandboxes on the machine that no open task knows are the leftovers of a crash. */
export async function sweepSandboxes(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.db.sandbox.findMany({
    where: {
      status: { in: ["provisioning", "ready"] },
      task: { status: { in: ["routing", "executing", "quality_check"] } },
    },
    select: { id: true },
  });
  return ctx.ports.sandbox.sweep(new Set(rows.map((row) => row.id)));
}
