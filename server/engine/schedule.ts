import { createHash } from "node:crypto";
import type { Pool } from "pg";
import { ENGINE_LOCKS } from "#server/db/advisory-locks.ts";
import { nextTick } from "./cron.ts";
import type { Registry } from "./registry.ts";
import { startRun } from "./runs.ts";
import { withTransaction } from "./transaction.ts";

/** The `cron` job: one pending job for each expression of each function, at its next tick in city time. */
export type CronJob = { function: string; cron: string; at: string };

/** Starts the tick's run and sets the next tick. Ticks that were missed are made up for by one run, not by all. */
export async function tick(pool: Pool, registry: Registry, job: CronJob): Promise<void> {
  const entry = registry.entries.get(job.function);
  if (!entry?.crons.includes(job.cron)) return;
  const event = {
    id: `cron:${job.cron}:${job.at}`,
    name: "inngest/scheduled.timer",
    data: { cron: job.cron },
    ts: new Date(job.at).getTime(),
  };
  await startRun(pool, entry, event);
  await schedule(pool, job.function, job.cron, true);
}

/** At start: sets the ticks that are not set yet, and removes those of expressions that are gone. */
export async function scheduleAll(pool: Pool, registry: Registry): Promise<void> {
  const keys: string[] = [];
  for (const entry of registry.entries.values()) {
    for (const cron of entry.crons) keys.push(await schedule(pool, entry.id, cron, false));
  }
  await pool.query(
    `select graphile_worker.remove_job(key) from graphile_worker.jobs
     where task_identifier = 'cron' and key is not null and key <> all($1)`,
    [keys],
  );
}

/** A pending tick is left alone unless told otherwise, so that a restart does not jump over the one that fell due. */
async function schedule(pool: Pool, functionId: string, cron: string, replace: boolean): Promise<string> {
  const key = `cron:${createHash("sha256").update(`${functionId} ${cron}`).digest("hex").slice(0, 24)}`;
  await withTransaction(pool, async (client) => {
    // Shared with `engine.advance_clock`: no tick is set with an offset that is about to change.
    await client.query("select pg_advisory_xact_lock_shared($1, 0)", [ENGINE_LOCKS]);
    const { rows } = await client.query<{ now: Date }>("select city_now() as now");
    const at = nextTick(cron, rows[0]?.now ?? new Date());
    const job: CronJob = { function: functionId, cron, at: at.toISOString() };
    await client.query(
      `select graphile_worker.add_job('cron', $1::json, run_at := now() + ($2::timestamptz - city_now()), job_key := $3)
       where $4 or not exists (select 1 from graphile_worker.jobs where key = $3 and attempts < max_attempts)`,
      [JSON.stringify(job), at, key, replace],
    );
  });
  return key;
}
