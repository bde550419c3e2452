import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Log } from "#server/kernel/log.ts";

/** The advisory locks of the engine's workers share this first number; `engine.recover` knows it too. */
const LOCK_SPACE = 4672;
/** Held by the worker that must be the only one. (The space's number 0 is the clock's, see `engine.enqueue`.) */
const ONLY_WORKER = 4_211_000_005n;
const RECONNECT_MS = 500;

export type Lease = {
  workerId: string;
  /** Tells under which name graphile-worker locks our jobs, so that they can be freed should we die. */
  setPoolId(poolId: string): Promise<void>;
  release(): Promise<void>;
};

/** For a worker that must be the only one on its database: how long it waits for one that is still stopping. */
export type Alone = { waitMs: number };

/** PostgreSQL's code for a lock that was waited for in vain: another worker, which must be the only one too, still lives. */
export const NOT_ALONE = "55P03";

/**
 * Registers this process as a worker and proves that it lives by an advisory lock on a connection of its own:
 * PostgreSQL drops the lock the moment the process is gone, however it went.
 */
export async function takeLease(pool: pg.Pool, log: Log, alone?: Alone): Promise<Lease> {
  const workerId = randomUUID();
  const lockKey = randomInt(1, 2_147_483_647);
  let poolId: string | null = null;
  let released = false;
  let connection = await connect();

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client(pool.options);
    client.on("error", () => undefined);
    try {
      await client.connect();
      if (alone) await claimAlone(client, alone);
      await client.query("select pg_advisory_lock($1, $2)", [LOCK_SPACE, lockKey]);
      await client.query(
        `insert into engine.worker (id, lock_key, pool_id) values ($1, $2, $3)
         on conflict (id) do update set pool_id = excluded.pool_id`,
        [workerId, lockKey, poolId],
      );
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    // A connection may report its end more than once; the first report counts.
    client.once("error", (error) => void reconnect(error));
    return client;
  }

  async function reconnect(reason: Error): Promise<void> {
    while (!released) {
      log.warn({ error: reason.message }, "the engine lost the connection that proves it lives; connecting anew");
      await pause(RECONNECT_MS);
      try {
        connection = await connect();
        return;
      } catch (error) {
        reason = error as Error;
      }
    }
  }

  return {
    workerId,
    async setPoolId(id) {
      poolId = id;
      await pool.query("update engine.worker set pool_id = $2 where id = $1", [workerId, id]);
    },
    async release() {
      released = true;
      await connection.end();
    },
  };
}

/** A machine that has vanished without a word is noticed within half a minute, not after PostgreSQL's two hours. */
async function claimAlone(client: pg.Client, { waitMs }: Alone): Promise<void> {
  await client.query(`
    set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 4;
    set lock_timeout = ${waitMs}`);
  await client.query("select pg_advisory_lock($1)", [ONLY_WORKER]);
  await client.query("reset lock_timeout");
}

/** Frees what dead workers held: their jobs are unlocked, the runs they were driving are queued again. */
export async function recoverRuns(pool: pg.Pool, log: Log, first: boolean): Promise<void> {
  const { rows } = await pool.query<{ runs: number }>("select engine.recover($1) as runs", [first]);
  if (rows[0]?.runs) log.warn({ runs: rows[0].runs }, "took over the workflow runs of a worker that is gone");
}
