import { EventEmitter } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { type Runner, type RunnerOptions, run, type Task, type TaskList, type WorkerEvents } from "graphile-worker";
import type { Pool } from "pg";
import type { Log } from "#server/kernel/log.ts";
import type { Lease } from "./lease.ts";

const STOP_MS = 10_000;
const RESTART_MS = 250;

type Kept = { stop(): Promise<void> };

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
  let runner = await begin();

  async function begin(): Promise<Runner> {
    const events = new EventEmitter() as WorkerEvents;
    let poolId = "";
    const registered = new Promise<void>((resolve, reject) => {
      events.once("pool:create", ({ workerPool }) => {
        poolId = workerPool.id;
        lease.setPoolId(poolId).then(resolve, reject);
      });
    });
    registered.catch(() => undefined);
    events.once("pool:gracefulShutdown", () => {
      if (!stopping) restarting = restart(poolId);
    });
    const begun = await run({ ...options, events, taskList: afterwards(registered, tasks) }, undefined, []);
    begun.promise.catch((error: Error) => log.warn({ error: error.message }, "a pool of queue workers ended"));
    return begun;
  }

  async function restart(poolId: string): Promise<void> {
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
