import type { Config } from "#server/config.ts";
import type { Log } from "#server/kernel/log.ts";
import { StartProblem } from "#server/kernel/start-problem.ts";
import { type Database, openDatabase } from "./client.ts";
import { startEmbedded } from "./embedded.ts";
import { migrate, refusePending } from "./migrate.ts";
import { beOnlyServer } from "./only-server.ts";

/** What a command says it looked at: the wrong variables lead to another city's database, or to a new one. */
export function databaseName({ databaseUrl, dataDir }: Place): string {
  if (databaseUrl === null) return `the database in ${dataDir}`;
  const { host, pathname } = new URL(databaseUrl);
  return `the database ${pathname.slice(1)} on ${host}`;
}

type Place = Pick<Config, "databaseUrl" | "dataDir">;

export type CityDatabase = { url: string; database: Database; close(): Promise<void> };

type Options = {
  /** No other server may be at work on it: one that is refuses the start before anything is changed. */
  alone?: boolean;
  /** Looks at the database as it was found. What it throws leaves that as it is. */
  beforeMigrations?: (database: Database) => Promise<void>;
  /** For a command: migrates only the data folder's own database. One at `databaseUrl` may have older servers at work. */
  beside?: boolean;
};

/**
 * The database of the city that the configuration names, with every migration: the one at `databaseUrl`, or the embedded
 * PostgreSQL of the data folder, which `close` stops again unless another process runs it.
 * @throws StartProblem
 */
export async function openCityDatabase(place: Place, log: Log, options: Options = {}): Promise<CityDatabase> {
  return open(place, log, options).catch((error) => {
    if (place.databaseUrl !== null || !options.alone || error instanceof StartProblem) throw error;
    // The server that was waited for has stopped, and with it the embedded PostgreSQL that it ran.
    log.warn({ error: String(error) }, "the embedded PostgreSQL went away during the start; beginning anew");
    return open(place, log, options);
  });
}

async function open(
  { databaseUrl, dataDir }: Place,
  log: Log,
  { alone = false, beforeMigrations, beside = false }: Options,
): Promise<CityDatabase> {
  const postgres = databaseUrl ? { url: databaseUrl, stop: async () => {} } : await startEmbedded({ dataDir, log });
  const opened = [{ close: () => postgres.stop() }];
  const close = () => opened.reduceRight((closed, each) => closed.finally(() => each.close()), Promise.resolve());
  try {
    if (alone) opened.push(await beOnlyServer(postgres.url, log));
    const database = openDatabase(postgres.url, log);
    opened.push(database);
    await beforeMigrations?.(database);
    if (beside && databaseUrl) await refusePending(postgres.url);
    else await migrate(postgres.url, { log });
    return { url: postgres.url, database, close };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}
