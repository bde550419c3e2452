import { ConfigError } from "./config.ts";
import type { Database } from "./db/client.ts";

/**
 * A database that local mode has used is marked for good, and production starts on none: there is a demo account in it with
 * a password that everybody knows, its owners were given credits, and its time may run ahead.
 */
export async function keepModesApart({ pool }: Database, production: boolean): Promise<void> {
  if (!production) {
    await pool.query("update city_clock set local_mode = true where not local_mode");
    return;
  }
  const { rowCount } = await pool.query("select 1 from city_clock where local_mode or offset_ms <> 0");
  if (rowCount === 0) return;
  throw new ConfigError([
    "DATABASE_URL: local mode has used this database, and its demo account, credits and clock are not for production, which needs a database of its own.",
  ]);
}
