import type { Pool } from "pg";

/**
 * Moves the city's clock forward, and with it every timer of the queue, in one transaction. Timers that fall due by it
 * fire at once. For tests and demonstrations; the caller refuses it in production.
 * @returns the city's new time
 */
export async function advanceClock(pool: Pool, milliseconds: number): Promise<Date> {
  if (!(milliseconds >= 0)) throw new RangeError("The city's clock only moves forward.");
  const { rows } = await pool.query<{ now: Date }>(
    "select engine.advance_clock($1::bigint * interval '1 millisecond') as now",
    [Math.round(milliseconds)],
  );
  if (!rows[0]) throw new Error("The clock did not answer.");
  return rows[0].now;
}
