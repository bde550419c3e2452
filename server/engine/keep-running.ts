import { EventEmitter } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { type Runner, type RunnerOptions, run, type Task, type TaskList, type WorkerEvents } from "graphile-worker";
import type { Pool } from "pg";
import type { Log } from "#server/kernel/log.ts";
import type { Lease } from "./lease.ts";

const STOP_MS = 10_000;
const RESTART_MS = 250;
/** A job that was handed out longer ago than this has arrived, or never will. */
const ANSWER_MS = 2_000;

type Kept = {
  /** Frees jobs that PostgreSQL handed out while the connection broke: they are locked, and nobody has them. */
  freeLost(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * graphile-worker gives up its whole pool of workers when it cannot report the end of one job, as happens when
 * PostgreSQL is away for a moment. This starts the next pool at once and frees the jobs that the old one held; its jobs
 * may then run twice, which every task must bear anyway.
 */
export async function keepRunning(
  pool: Pool,
  log: Log,
  lease: Lease,
  options: RunnerOptions,
  tasks: Record<string, Task>,
): Promise<Kept> {
  let stopping = false;
  let restarting: Promise<void> | undefined;
  let poolId = "";
  let lostAt: number | null = null;
  const underWay = new Set<string>();
  let runner = await begin();

  async function begin(): Promise<Runner> {
    const events = new EventEmitter() as WorkerEvents;
    underWay.clear();
    events.on("worker:getJob:error", () => {
      lostAt = performance.now();
    });
    events.on("job:start", ({ job }) => underWay.add(job.id));
    events.on("job:complete", ({ job }) => underWay.delete(job.id));
    const registered = new Promise<void>((resolve, reject) => {
      events.once("pool:create", ({ workerPool }) => {
        poolId = workerPool.id;
        lease.setPoolId(poolId).then(resolve, reject);
      });
    });
    registered.catch(() => undefined);
    events.once("pool:gracefulShutdown", () => {
      if (!stopping) restarting = restart();
    });
    const begun = await run({ ...options, events, taskList: afterwards(registered, tasks) }, undefined, []);
    begun.promise.catch((error: Error) => log.warn({ error: error.message }, "a pool of queue workers ended"));
    return begun;
  }

  async function restart(): Promise<void> {
    while (!stopping) {
      await pause(RESTART_MS);
      try {
        await pool.query("select graphile_worker.force_unlock_workers(array[$1])", [poolId]);
        runner = await begin();
        log.warn({}, "the queue's workers gave up and were started anew");
        return;
      } catch (error) {
        log.warn({ error: (error as Error).message }, "the queue's workers cannot start; trying again");
      }
    }
  }

  return {
    async freeLost() {
      const at = lostAt;
      if (at === null || performance.now() - at < ANSWER_MS) return;
      const freed = await pool.query(
        `update graphile_worker._private_jobs set locked_at = null, locked_by = null
         where locked_by = $1 and locked_at < now() - $2 * interval '1 millisecond' and id <> all ($3::bigint[])`,
        [poolId, ANSWER_MS, [...underWay]],
      );
      if (lostAt === at) lostAt = null;
      if (freed.rowCount)
        log.warn({ jobs: freed.rowCount }, "jobs whose hand-over got lost were put back on the queue");
    },
    async stop() {
      stopping = true;
      await restarting;
      await stopRunner(runner);
    },
  };
}

/** No job starts before the database knows whose it is. */
function afterwards(registered: Promise<void>, tasks: Record<string, Task>): TaskList {
  const list: TaskList = {};
  for (const [name, task] of Object.entries(tasks)) {
    list[name] = async (payload, helpers) => {
      await registered;
      return task(payload, helpers);
    };
  }
  return list;
}

async function stopRunner(runner: Runner): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), STOP_MS);
  });
  // Rejects when it has stopped by itself, which is what is wanted here.
  const stopped = runner.stop().catch(() => undefined);
  const ended = await Promise.race([stopped, late]);
  clearTimeout(timer);
  if (ended === "late") await runner.kill("stopping took too long");
}
