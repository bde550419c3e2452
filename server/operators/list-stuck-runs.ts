import type { z } from "zod";
import type { Ctx } from "../context.ts";
import type { stuckRuns } from "./schema.ts";

type Row = Omit<z.infer<typeof stuckRuns>[number], "since"> & { since: Date };

const SHOWN_DAYS = 7;
const STALLED_MINUTES = 10;

/**
 * The city's own work that needs a look, by the embedded engine's books: runs that failed for good in the last week, that
 * are being tried again, or that stand still with nothing to wait for. Empty where Inngest runs them; it shows its own.
 */
export async function listStuckRuns(ctx: Ctx): Promise<z.infer<typeof stuckRuns>> {
  const rows = await ctx.db.$queryRaw<Row[]>`
    select id, regexp_replace(function_id, '^city-', '') as work, attempt as tries, left(error ->> 'message', 300) as error,
           case when status = 'failed' then 'failed' when attempt > 0 then 'retrying' else 'stalled' end as state,
           coalesce(ended_at, updated_at) as since
    from engine.run r
    where (status = 'failed' and ended_at > city_now() - make_interval(days => ${SHOWN_DAYS}))
       or (status = 'running' and (attempt > 0 or (
             updated_at < city_now() - make_interval(mins => ${STALLED_MINUTES})
             and not exists (select 1 from engine.step s where s.run_id = r.id and s.state = 'waiting'
                             and (s.wake_at is null or s.wake_at > city_now())))))
    order by since desc limit 100`;
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}
