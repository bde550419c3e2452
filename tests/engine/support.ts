import type { InngestFunction } from "inngest";
import pg from "pg";
import { makeInngest } from "#inngest/client.ts";
import { type EngineOptions, startEngine } from "#server/engine/start.ts";
import { engineFetch } from "#server/engine/wire.ts";
import type { Worker } from "#server/engine/worker.ts";
import { newId } from "#server/kernel/ids.ts";
import { quiet } from "#tests/support/quiet-log.ts";

const ignore = () => undefined;

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
