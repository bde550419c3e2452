import { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { inSql, UNFINISHED } from "../tasks/states.ts";
import { requireOperator } from "./require-operator.ts";

export const overdueTasks = z.array(
  z.object({ id: z.string(), status: z.string(), agentId: z.string().nullable(), deadlineAt: z.iso.datetime() }),
);

/** Tasks whose state should have ended by now. With healthy timers there are none. */
export async function listOverdue(ctx: Ctx<OwnerActor>): Promise<z.infer<typeof overdueTasks>> {
  requireOperator(ctx);
  const rows = await ctx.db.$queryRaw<{ id: string; status: string; agentId: string | null; deadlineAt: Date }[]>`
    select id, status, agent_id as "agentId", deadline_at as "deadlineAt" from task
    where status in ${inSql(UNFINISHED)} and deadline_at < city_now()
    order by deadline_at limit 200`;
  return rows.map((row) => ({ ...row, deadlineAt: row.deadlineAt.toISOString() }));
}
