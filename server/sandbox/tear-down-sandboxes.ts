import { Prisma } from "#prisma";
import type { Ctx } from "../context.ts";
import { FINAL, inSql, OCCUPYING } from "../tasks/states.ts";
import { tearDown } from "./destroy-sandbox.ts";

type TornDown = { destroyed: number };

/**
 * Ends the sandboxes of a task that nobody may work in any more, never the one that its seller has now. Repeatable.
 * @throws when one of them could not be ended, so that it is tried again
 */
export async function tearDownSandboxes(ctx: Ctx, input: { taskId: string }): Promise<TornDown> {
  const rows = await ctx.db.$queryRaw<Row[]>`
    select s.id from sandbox s join task t on t.id = s.task_id
    where t.id = ${input.taskId} and ${OVER}`;
  const tornDown = await tearDownAll(ctx, rows);
  if (tornDown.destroyed < rows.length) throw new Error("A sandbox could not be torn down.");
  return tornDown;
}

/** The same for every task, and the sandboxes past their time. The work of one that still runs counts as lost. */
export async function tearDownExpired(ctx: Ctx): Promise<TornDown> {
  const rows = await ctx.db.$queryRaw<Row[]>`
    select s.id from sandbox s join task t on t.id = s.task_id
    where ${OVER} or (s.status <> 'destroyed' and s.expires_at < city_now())`;
  return tearDownAll(ctx, rows);
}

/** Of a final task, or of an offer that ended, or lost to a crash. */
const OVER = Prisma.sql`
  (s.status = 'lost' or (s.status <> 'destroyed' and t.status in ${inSql(FINAL)}))`;

type Row = { id: string };

async function tearDownAll(ctx: Ctx, rows: readonly Row[]): Promise<TornDown> {
  let destroyed = 0;
  for (const { id } of rows) {
    // One that resists must not keep the rest.
    await tearDown(ctx, id).then(
      () => destroyed++,
      (error) => ctx.log.error({ err: error, sandboxId: id }, "a sandbox could not be torn down"),
    );
  }
  return { destroyed };
}

/**
 * At start: sandboxes on the machine that no open task knows are the leftovers of a crash. One that cannot be removed is
 * no reason not to start.
 */
export async function sweepSandboxes(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.db.sandbox.findMany({
    where: {
      status: { in: ["provisioning", "ready"] },
      task: { status: { in: [...OCCUPYING] } },
    },
    select: { id: true },
  });
  return ctx.ports.sandbox.sweep(new Set(rows.map((row) => row.id))).catch((error) => {
    ctx.log.error({ err: error }, "sandboxes of a crash were left behind");
    return [];
  });
}
