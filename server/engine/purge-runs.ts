import type { Pool } from "pg";

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
