import pg from "pg";
import type { Log } from "#server/kernel/log.ts";
import { MIGRATION_LOCK } from "./advisory-locks.ts";
import { checksums, MIGRATIONS_FOLDER, type Migration, migrationList, readMigrations } from "./migrations-folder.ts";
import { DatabaseSetupError } from "./setup-error.ts";

type Options = { log: Pick<Log, "info" | "warn">; folder?: string };

type Row = { migration_name: string; checksum: string; finished: boolean };

/**
 * Applies the migrations that the database at `url` lacks, and keeps `_prisma_migrations` as Prisma does, so that
 * `prisma migrate deploy` agrees with the outcome. Each file is one transaction, so one that failed or was interrupted
 * has left nothing behind and is tried again the next time. Two starts at once take turns.
 * @throws DatabaseSetupError MIGRATION_EDITED when an applied file has changed (nothing is applied then),
 *   MIGRATION_FAILED with the file's name and PostgreSQL's words when one does not apply.
 */
export async function migrate(
  url: string,
  { log, folder = MIGRATIONS_FOLDER }: Options,
): Promise<{ applied: string[] }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const migrations = await readMigrations(folder);
    if ((await diagnose(client, migrations)).pending.length === 0) return { applied: [] };

    await client.query("SELECT pg_advisory_lock($1::bigint)", [MIGRATION_LOCK]);
    const { pending, unfinished, unknown } = await diagnose(client, migrations);
    if (pending.length === 0) return { applied: [] };
    if (unknown.length > 0) log.warn({ unknown }, "the database has migrations that this version does not know");
    const applied = await apply(url, client, folder, unfinished);
    log.info({ applied }, "database migrations applied");
    return { applied };
  } finally {
    await client.end();
  }
}

/**
 * Applies nothing: for a command beside the city, whose servers may be of an older version.
 * @throws DatabaseSetupError MIGRATIONS_PENDING when the database at `url` lacks a migration.
 */
export async function refusePending(url: string, folder = MIGRATIONS_FOLDER): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { pending } = await diagnose(client, await readMigrations(folder));
    if (pending.length === 0) return;
    throw new DatabaseSetupError(
      "MIGRATIONS_PENDING",
      `The database lacks ${pending.length} of this version's migrations, which only a start of the city applies. Run this from the version that the city runs, or start the city in this version first.`,
    );
  } finally {
    await client.end();
  }
}

/** Compares the folder with the database by plain SQL: with nothing to do, the engine is never loaded. */
async function diagnose(client: pg.Client, migrations: Migration[]) {
  const rows = await history(client);
  const edited = migrations.filter(({ name, sql }) => {
    const row = rows.find((each) => each.finished && each.migration_name === name);
    return row && !checksums(sql).includes(row.checksum);
  });
  if (edited.length > 0) {
    const names = edited.map(({ name }) => name).join(", ");
    throw new DatabaseSetupError(
      "MIGRATION_EDITED",
      `Already applied, but changed since: ${names}. Put the old text back and write a new migration (npm run db:migration <name>).`,
    );
  }
  const finished = new Set(rows.filter((row) => row.finished).map((row) => row.migration_name));
  return {
    pending: migrations.filter(({ name }) => !finished.has(name)),
    unfinished: rows.filter((row) => !row.finished).map((row) => row.migration_name),
    unknown: [...finished].filter((name) => !migrations.some((migration) => migration.name === name)),
  };
}

async function history(client: pg.Client): Promise<Row[]> {
  const { rows } = await client.query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS kept");
  if (!rows[0].kept) return [];
  const found = await client.query<Row>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return found.rows;
}

async function apply(url: string, client: pg.Client, folder: string, unfinished: string[]): Promise<string[]> {
  const { EVERYTHING, withSchemaEngine } = await import("./schema-engine.ts");
  const migrationsList = await migrationList(folder);
  try {
    return await withSchemaEngine(url, async (engine) => {
      for (const migrationName of unfinished) await engine.markMigrationRolledBack({ migrationName });
      const done = await engine.applyMigrations({ migrationsList, filters: EVERYTHING });
      return done.appliedMigrationNames;
    });
  } catch (cause) {
    const { rows } = await client.query(
      "SELECT migration_name, logs FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL",
    );
    const name = rows[0]?.migration_name ?? "(none was begun)";
    throw new DatabaseSetupError(
      "MIGRATION_FAILED",
      `Migration ${name} does not apply; its changes were rolled back. ${reasonOf(rows[0]?.logs || messageOf(cause))}`,
      { cause },
    );
  }
}

/** PostgreSQL's words out of the engine's report, without its stack of Rust files. */
function reasonOf(report: string): string {
  const words = /ERROR: .*/.exec(report)?.[0] ?? report;
  return words.split(/\n\s*0: /)[0] ?? words;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : JSON.stringify(error);
}
