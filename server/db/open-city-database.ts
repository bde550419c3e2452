import type { Config } from "#server/config.ts";
import type { Log } from "#server/kernel/log.ts";
import { type Database, openDatabase } from "./client.ts";
import { startEmbedded } from "./embedded.ts";
import { migrate } from "./migrate.ts";
import { beOnlyServer } from "./only-server.ts";

/** What a command says it looked at: the wrong variables lead to another city's database, or to a new one. */
export function databaseName({ databaseUrl, dataDir }: Pick<Config, "databaseUrl" | "dataDir">): string {
  if (databaseUrl === null) return `the database in ${dataDir}`;
  const { host, pathname } = new URL(databaseUrl);
  return `the database ${pathname.slice(1)} on ${host}`;
}

export type CityDatabase = { url: string; database: Database; close(): Promise<void> };

/**
 * The database of the city that the configuration names, with every migration: the one at `databaseUrl`, or the embedded
 * PostgreSQL of the data folder, which `close` stops again unless another process runs it. With `alone` no other server
 * may be at work on it: one that is refuses the start before anything is changed.
 */
export async function openCityDatabase(
  { databaseUrl, dataDir }: Pick<Config, "databaseUrl" | "dataDir">,
  log: Log,
  { alone = false } = {},
): Promise<CityDatabase> {
  const postgres = databaseUrl ? { url: databaseUrl, stop: async () => {} } : await startEmbedded({ dataDir, log });
  const opened = [{ close: () => postgres.stop() }];
  const close = () => opened.reduceRight((closed, each) => closed.finally(() => each.close()), Promise.resolve());
  try {
    if (alone) opened.push(await beOnlyServer(postgres.url, log));
    await migrate(postgres.url, { log });
    const database = openDatabase(postgres.url, log);
    opened.push(database);
    return { url: postgres.url, database, close };
  } catch (error) {
    await close();
    throw error;
  }
}
