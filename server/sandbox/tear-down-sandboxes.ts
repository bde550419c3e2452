import { Prisma } from "#prisma";
import type { Ctx } from "../context.ts";
import { tearDown } from "./destroy-sandbox.ts";

/** Ends the sandboxes of a task that nobody may work in any more, never the one that its seller has now. Repeatable. */
export async function tearDownSandboxes(ctx: Ctx, input: { taskId: string }): Promise<{ destroyed: number }> {
  return tearDownAll(
    ctx,
    await ctx.db.$queryRaw`
      select s.id from sandbox s join task t on t.id = s.task_id
      where t.id = ${input.taskId} and ${OVER}`,
  );
}

/** The same for every task, and the sandboxes past their time. The work of one that still runs counts as lost. */
export async function tearDownExpired(ctx: Ctx): Promise<{ destroyed: number }> {
  return tearDownAll(
    ctx,
    await ctx.db.$queryRaw`
      select s.id from sandbox s join task t on t.id = s.task_id
      where ${OVER} or (s.status <> 'destroyed' and s.expires_at < city_now())`,
  );
}

/** Of a final task, or of an offer that ended, or lost to a crash. */
const OVER = Prisma.sql`
  (s.status = 'lost' or (s.status <> 'destroyed' and t.status in ('completed', 'failed', 'refunded')))`;

async function tearDownAll(ctx: Ctx, rows: { id: string }[]): Promise<{ destroyed: number }> {
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
