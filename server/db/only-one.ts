import type pg from "pg";

/**
 * Does work of which there must be one at a time in the whole city; null when someone is at it already. The lock is on a
 * connection of its own, which is closed afterwards: so it is gone with whoever held it, however that went.
 */
export async function onlyOne<T>(pool: pg.Pool, lock: bigint, work: () => Promise<T>): Promise<T | null> {
  const connection = await pool.connect();
  try {
    const { rows } = await connection.query<{ mine: boolean }>("select pg_try_advisory_lock($1) as mine", [lock]);
    if (!rows[0]?.mine) return null;
    const done = await work();
    // Closing takes a moment.
    await connection.query("select pg_advisory_unlock($1)", [lock]);
    return done;
  } finally {
    connection.release(true);
  }
}
