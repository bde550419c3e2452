import { ConfigError } from "./config.ts";
import type { Database } from "./db/client.ts";

/**
 * A database is of the mode that it was first started in, for good. In a local one there are a demo account with a password
 * that everybody knows, granted credits and a clock that may run ahead. In a production one there is money, which the
 * stand-ins would pretend to move.
 */
export async function keepModesApart({ pool }: Database, production: boolean): Promise<void> {
  const mode = production ? "production" : "local";
  const { rowCount } = await pool.query("update city_clock set mode = $1 where coalesce(mode, $1) = $1", [mode]);
  if (rowCount === 1) return;
  throw new ConfigError([
    production
      ? "DATABASE_URL: local mode has used this database, and its demo account, credits and clock are not for production, which needs a database of its own."
      : "DATABASE_URL: this is a production database, and local mode would move its money by stand-ins. Set CITY_ENV=production, or choose another database.",
  ]);
}
