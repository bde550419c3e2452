import type { Pool } from "pg";

export type StuckRun = {
  id: string;
  functionId: string;
  eventName: string;
  attempt: number;
  /** The last error, if it is being tried again. */
  error: { name?: string; message?: string } | null;
  driven: boolean;
  since: Date;
};

export type RunStatus = "running" | "completed" | "failed" | "cancelled";

/**
 * Runs that should be moving and are not: still running, untouched for `minutes`, and without any wait or timer that
 * explains it; and those that failed at least once and are being tried again.
 */
export async function listStuckRuns(pool: Pool, minutes = 10, limit = 100): Promise<StuckRun[]> {
  const { rows } = await pool.query<StuckRun>(
    `select r.id, r.function_id as "functionId", r.event->>'name' as "eventName", r.attempt, r.error,
            r.driver is not null as driven, r.updated_at as since
     from engine.run r
     where r.status = 'running' and (r.attempt > 0 or (
       r.updated_at < city_now() - $1 * interval '1 minute' and not exists (
         select 1 from engine.step s where s.run_id = r.id and s.state = 'waiting'
           and (s.wake_at is null or s.wake_at > city_now()))))
     order by r.updated_at limit $2`,
    [minutes, limit],
  );
  return rows;
}

/** How many runs there are in each status, over all functions or by function. */
export async function countRuns(pool: Pool, functionId?: string): Promise<Record<RunStatus, number>> {
  const { rows } = await pool.query<{ status: RunStatus; runs: number }>(
    "select status, count(*)::int as runs from engine.run where $1::text is null or function_id = $1 group by status",
    [functionId ?? null],
  );
  const counts: Record<RunStatus, number> = { running: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const { status, runs } of rows) counts[status] = runs;
  return counts;
}

/**
 * Deletes runs that ended more than `days` ago, with their steps.
 * An event handed over again after that would start its run again.
 * @returns how many
 */
export async function purgeRuns(pool: Pool, days: number): Promise<number> {
  const { rowCount } = await pool.query("delete from engine.run where ended_at < city_now() - $1 * interval '1 day'", [
    days,
  ]);
  return rowCount ?? 0;
}
