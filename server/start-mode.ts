import { ConfigError } from "./config.ts";
import type { Database } from "./db/client.ts";

/**
 * A database is of the mode that it was first started in, for good. In a local one there are a demo account with a password
 * that everybody knows, granted credits and a clock that may run ahead. In a production one there is money, which the
 * stand-ins would pretend to move.
 */
export async function keepModesApart({ pool }: Database, production: boolean): Promise<void> {
  const { rowCount } = await pool.query(
    production
      ? "update city_clock set production_mode = true where not local_mode and offset_ms = 0"
      : "update city_clock set local_mode = true where not production_mode",
  );
  if (rowCount !== 1) throw refusal(production);
}

type Clock = { local_mode?: boolean; production_mode?: boolean };

/** The same before this version's migrations, which the other mode's database shall not get: by what it says so far. */
export async function refuseOtherMode({ pool }: Database, production: boolean): Promise<void> {
  const { rows } = await pool.query("select to_regclass('city_clock') is not null as there");
  if (!rows[0]?.there) return;
  const known = await pool.query<{ clock: Clock }>("select to_jsonb(c) as clock from city_clock c");
  const clock = known.rows[0]?.clock;
  if (production ? clock?.local_mode : clock?.production_mode) throw refusal(production);
}

function refusal(production: boolean): ConfigError {
  return new ConfigError([
    production
      ? "DATABASE_URL: local mode has used this database, and its demo account, credits and clock are not for production, which needs a database of its own."
      : "DATABASE_URL: this is a production database, and local mode would move its money by stand-ins. Set CITY_ENV=production, or choose another database.",
  ]);
}
