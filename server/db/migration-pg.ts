import { PrismaPg } from "@prisma/adapter-pg";
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory, SqlQuery } from "@prisma/driver-adapter-utils";
import pg from "pg";

/** PostgreSQL's type "char" in the catalogues, text, and the adapter's number for a character column. */
const CHAR_OID = 18;
const TEXT_OID = 25;
const CHARACTER_COLUMN = 6;

type RunScript = (client: pg.PoolClient, script: string) => Promise<unknown>;

/**
 * Prisma's pg adapter with what it lacks for migrations (7.10): it splits scripts at every `;`, also inside function
 * bodies; given a connection string it takes the real database for the shadow one; it does not know "char" columns.
 * `close` ends the connections that the engine leaves open, and with them the advisory lock it holds after a failure.
 */
export function migrationAdapter(url: string) {
  const pools = new Set<pg.Pool>();
  const openPool = (address: string) => {
    const pool = new pg.Pool({ connectionString: address, max: 1 });
    pools.add(pool);
    return pool;
  };
  const end = async (pool: pg.Pool) => {
    if (pools.delete(pool)) await pool.end();
  };

  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => {
      const pool = openPool(url);
      return adapterOver(pool, runMigration, () => end(pool));
    },
    connectToShadowDb: async () => {
      const database = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
      const shadow = new URL(url);
      shadow.pathname = `/${database}`;
      await statement(url, `CREATE DATABASE "${database}"`);
      const pool = openPool(shadow.href);
      const whole: RunScript = (client, script) => client.query(script);
      return adapterOver(pool, whole, async () => {
        await end(pool);
        await statement(url, `DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
      });
    },
  };
  return { factory, close: () => Promise.all([...pools].map(end)) };
}

/**
 * One migration file is one transaction, and the row that says it is applied belongs to it. The engine writes that row
 * too, but afterwards: a process killed in between would leave a migration that is applied and counts as failed.
 */
async function runMigration(client: pg.PoolClient, script: string): Promise<void> {
  const { rows } = await client.query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS kept");
  const mark = "UPDATE _prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL";
  await client.query("BEGIN");
  try {
    await client.query(script);
    if (rows[0].kept) await client.query(mark);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

async function adapterOver(pool: pg.Pool, run: RunScript, dispose: () => Promise<void>): Promise<SqlDriverAdapter> {
  const adapter = await new PrismaPg(pool).connect();
  const { queryRaw } = adapter;
  // The adapter turns PostgreSQL's errors into its own, with the code the engine wants; scripts keep that way.
  const asAdapterError = (error: unknown) => (adapter as unknown as { onError(error: unknown): never }).onError(error);
  return Object.assign(adapter, {
    executeScript: async (script: string) => {
      const client = await pool.connect();
      await run(client, script)
        .catch(asAdapterError)
        .finally(() => client.release());
    },
    queryRaw: (query: SqlQuery) => queryWithCharColumns(adapter, queryRaw, query),
    dispose,
  });
}

/** Lets one call see "char" columns as text, then says what they are. The call's own object keeps calls apart. */
async function queryWithCharColumns(
  adapter: SqlDriverAdapter,
  queryRaw: SqlDriverAdapter["queryRaw"],
  query: SqlQuery,
): ReturnType<SqlDriverAdapter["queryRaw"]> {
  const chars: number[] = [];
  const { performIO } = adapter as unknown as { performIO(query: SqlQuery): Promise<pg.QueryResult> };
  const call = Object.create(adapter, {
    performIO: {
      value: async (sent: SqlQuery) => {
        const result = await performIO.call(adapter, sent);
        result.fields.forEach((field, index) => {
          if (field.dataTypeID !== CHAR_OID) return;
          field.dataTypeID = TEXT_OID;
          chars.push(index);
        });
        return result;
      },
    },
  });
  const result = await queryRaw.call(call, query);
  for (const index of chars) result.columnTypes[index] = CHARACTER_COLUMN;
  return result;
}

/** Runs one statement on a connection of its own. */
export async function statement(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
