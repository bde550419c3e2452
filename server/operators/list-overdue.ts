import type { z } from "zod";
import type { Ctx } from "../context.ts";
import type { overdueTasks } from "./schema.ts";

/** Tasks whose state should have ended by now. With healthy timers there are none. */
export async function listOverdue(ctx: Ctx): Promise<z.infer<typeof overdueTasks>> {
  const rows = await ctx.db.$queryRaw<{ id: string; status: string; agentId: string | null; deadlineAt: Date }[]>`
    select id, status, agent_id as "agentId", deadline_at as "deadlineAt" from task
    where status in ('submitted', 'routing', 'executing', 'quality_check') and deadline_at < city_now()
    order by deadline_at limit 200`;
  return rows.map((row) => ({ ...row, deadlineAt: row.deadlineAt.toISOString() }));
}
