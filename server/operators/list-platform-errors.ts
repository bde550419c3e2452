import type { z } from "zod";
import type { Ctx } from "../context.ts";
import type { platformErrors } from "./schema.ts";

const SHOWN_DAYS = 7;

/** For the index: days that a task may have been past its deadline when it ended, as after a long outage. */
const OVERDUE_DAYS = 60;

/** Tasks that ended in the last week because of the city itself. Nobody was charged or blamed; somebody must look. */
export async function listPlatformErrors(ctx: Ctx): Promise<z.infer<typeof platformErrors>> {
  const rows = await ctx.db.$queryRaw<{ id: string; agentId: string | null; at: Date; message: string | null }[]>`
    select t.id, t.agent_id as "agentId", e.at, t.error_message as message
    from task t join task_event e on e.task_id = t.id and e.type = 'failed'
    where t.status = 'failed' and t.failure_reason = 'platform_error'
      and t.deadline_at > city_now() - make_interval(days => ${SHOWN_DAYS + OVERDUE_DAYS})
      and e.at > city_now() - make_interval(days => ${SHOWN_DAYS})
    order by e.at desc limit 100`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
