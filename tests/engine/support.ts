import { readdir, readFile } from "node:fs/promises";
import { runMigrations } from "graphile-worker";
import type { InngestFunction } from "inngest";
import pg from "pg";
import { makeInngest } from "#inngest/client.ts";
import { startTemporary } from "#server/db/temporary.ts";
import { type EngineOptions, startEngine } from "#server/engine/start.ts";
import { engineFetch } from "#server/engine/wire.ts";
import type { Worker } from "#server/engine/worker.ts";
import { newId } from "#server/kernel/ids.ts";
import { freshDatabase } from "#tests/support/fresh-database.ts";
import { quiet } from "#tests/support/quiet-log.ts";

const ignore = () => undefined;

/** A PostgreSQL for one test file; every test gets a database of its own in it. */
export async function startCluster() {
  const cluster = await startTemporary({ log: quiet });
  const template = openPool(cluster.url);
  await prepare(template);
  await template.end();
  const open: { stop(): Promise<void> }[] = [];
  return {
    /** A fresh database, and a way to run functions on it. */
    async city() {
      const city = makeCity((await freshDatabase(cluster.url, "city")).url);
      open.push(city);
      return city;
    },
    /** After each test: stops the engines and connections it opened. */
    async close() {
      for (const city of open.splice(0)) await city.stop();
    },
    async stop() {
      await this.close();
      await cluster.stop();
    },
  };
}

/** What the functions under test are made with, as the application makes its own. */
export function makeCity(url: string) {
  const pool = openPool(url);
  const inngest = makeInngest({ mode: "embedded", fetch: engineFetch(pool), log: quiet });
  const engines: Worker[] = [];
  return {
    url,
    pool,
    inngest,
    async run(functions: InngestFunction.Any[], options: Partial<EngineOptions> = {}) {
      const engine = await startEngine({ pool, inngest, functions, log: quiet, backOff: () => 0, ...options });
      engines.push(engine);
      return engine;
    },
    emit: (name: string, data: object = {}, id = newId()) => emit(pool, name, data, id),
    /** The runs of a function, oldest first. */
    async runs(functionId: string) {
      const { rows } = await pool.query("select * from engine.run where function_id = $1 order by created_at, id", [
        `city-${functionId}`,
      ]);
      return rows;
    },
    /** Stops the engines, as a shutdown does; `run` starts the next one. */
    async halt() {
      for (const engine of engines.splice(0)) await engine.stop();
    },
    async stop() {
      await this.halt();
      await pool.end();
    },
  };
}

export async function emit(db: Pick<pg.Pool, "query">, name: string, data: object, id = newId()): Promise<string> {
  await db.query("select graphile_worker.add_job('event', $1::json)", [
    JSON.stringify({ id, name, data, ts: Date.now() }),
  ]);
  return id;
}

export function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 10 });
  pool.on("error", ignore);
  pool.on("connect", (client) => client.on("error", ignore));
  return pool;
}

/** The engine's migration and graphile-worker's, on the least of the city that they need: its clock. */
export async function prepare(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query("select to_regproc('city_now') as known, to_regnamespace('engine') as engine");
  if (!rows[0].known) {
    await pool.query(`
      create table city_clock (id int primary key default 1, offset_ms bigint not null default 0);
      insert into city_clock default values;
      create function city_now() returns timestamptz language sql stable as
        'select now() + (select offset_ms from city_clock) * interval ''1 millisecond''';`);
  }
  if (!rows[0].engine) {
    const migrations = new URL("../../prisma/migrations/", import.meta.url);
    for (const name of (await readdir(migrations)).filter((folder) => folder.includes("_engine")).sort())
      await pool.query(await readFile(new URL(`${name}/migration.sql`, migrations), "utf8"));
  }
  await runMigrations({ pgPool: pool });
}
