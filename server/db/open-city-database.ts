import type { Config } from "#server/config.ts";
import type { Log } from "#server/kernel/log.ts";
import { type Database, openDatabase } from "./client.ts";
import { startEmbedded } from "./embedded.ts";
import { migrate } from "./migrate.ts";

export type CityDatabase = { url: string; database: Database; close(): Promise<void> };

/**
 * The database of the city that the configuration names, with every migration: the one at `databaseUrl`, or the embedded
 * PostgreSQL of the data folder, which `close` stops again unless another process runs it.
 */
export async function openCityDatabase(
  { databaseUrl, dataDir }: Pick<Config, "databaseUrl" | "dataDir">,
  log: Log,
): Promise<CityDatabase> {
  const postgres = databaseUrl ? { url: databaseUrl, stop: async () => {} } : await startEmbedded({ dataDir, log });
  try {
    await migrate(postgres.url, { log });
    const database = openDatabase(postgres.url, log);
    return { url: postgres.url, database, close: () => database.close().finally(() => postgres.stop()) };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
