import { randomInt, randomUUID } from "node:crypto";
import type pg from "pg";
import { ENGINE_LOCKS } from "#server/db/advisory-locks.ts";
import { keepConnection } from "#server/db/kept-connection.ts";
import type { Log } from "#server/kernel/log.ts";

export type Lease = {
  workerId: string;
  /** Tells under which name graphile-worker locks our jobs, so that they can be freed should we die. */
  setPoolId(poolId: string): Promise<void>;
  release(): Promise<void>;
};

/**
 * Registers this process as a worker and proves that it lives by an advisory lock on a connection of its own:
 * PostgreSQL drops the lock the moment the process is gone, however it went.
 */
export async function takeLease(pool: pg.Pool, log: Log): Promise<Lease> {
  const workerId = randomUUID();
  const lockKey = randomInt(1, 2_147_483_647);
  let poolId: string | null = null;
  const connection = await keepConnection({
    config: pool.options,
    log,
    purpose: "that proves that the engine lives",
    async prepare(client) {
      await client.query("select pg_advisory_lock($1, $2)", [ENGINE_LOCKS, lockKey]);
      await client.query(
        `insert into engine.worker (id, lock_key, pool_id) values ($1, $2, $3)
         on conflict (id) do update set pool_id = excluded.pool_id`,
        [workerId, lockKey, poolId],
      );
    },
  });
  return {
    workerId,
    async setPoolId(id) {
      poolId = id;
      await pool.query("update engine.worker set pool_id = $2 where id = $1", [workerId, id]);
    },
    release: () => connection.close(),
  };
}

/** Frees what dead workers held: their jobs are unlocked, the runs they were driving are queued again. */
export async function recoverRuns(pool: pg.Pool, log: Log, first: boolean): Promise<void> {
  const { rows } = await pool.query<{ runs: number }>("select engine.recover($1) as runs", [first]);
  if (rows[0]?.runs) log.warn({ runs: rows[0].runs }, "took over the workflow runs of a worker that is gone");
}
