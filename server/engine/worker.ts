import { EventEmitter } from "node:events";
import { Logger, type Runner, run, runMigrations, type Task, type TaskList, type WorkerEvents } from "graphile-worker";
import type { Pool } from "pg";
import type { Log } from "#server/kernel/log.ts";
import { type Lease, recoverRuns, takeLease } from "./lease.ts";

export type WorkerOptions = {
  /** Needs an `error` listener on the pool and on its connections, or graphile-worker warns. */
  pool: Pool;
  log: Log;
  /** The application's own queue tasks, by name. `event`, `run` and `cron` belong to the engine. */
  tasks?: Record<string, Task>;
  /** Jobs at a time; a job is busy for as long as the step it runs. */
  concurrency?: number;
  /** Milliseconds between looks for jobs whose time has come. New jobs are announced and do not wait for it. */
  pollInterval?: number;
};

export type Worker = {
  /** Takes no more jobs, gives those under way ten seconds, then leaves them to the next start. */
  stop(): Promise<void>;
  /** Resolves when no job is due and none is running. Timers in the future do not count. */
  idle(): Promise<void>;
};

const STOP_MS = 10_000;
const RECOVER_MS = 2_000;
const IDLE_LOOK_MS = 10;

/**
 * Starts graphile-worker with the tasks that `makeTasks` returns. Its own migrations run first; then whatever a worker
 * that died has left is freed, before the first job is taken.
 */
export async function startWorker(
  options: WorkerOptions,
  makeTasks: (lease: Lease) => Promise<Record<string, Task>>,
): Promise<Worker> {
  const { pool, log } = options;
  const logger = graphileLogger(log);
  await runMigrations({ pgPool: pool, logger });
  const lease = await takeLease(pool, log);
  await recoverRuns(pool, log, true);
  const own = await makeTasks(lease);
  const { events, registered } = announcePool(lease);
  const runner = await run(
    {
      pgPool: pool,
      logger,
      events,
      concurrency: options.concurrency ?? 8,
      pollInterval: options.pollInterval ?? 100,
      noHandleSignals: true,
      taskList: waitingFor(registered, refuseClash(options.tasks ?? {}, own)),
    },
    undefined,
    [],
  );
  const recovery = setInterval(() => {
    recoverRuns(pool, log, false).catch((error) => log.warn({ error }, "could not look for dead workers"));
  }, RECOVER_MS);
  recovery.unref();
  runner.promise.catch((error) => log.error({ error }, "the queue's worker ended with an error"));
  return {
    async stop() {
      clearInterval(recovery);
      await stopRunner(runner);
      await lease.release();
    },
    async idle() {
      while (await isBusy(pool)) await new Promise((resolve) => setTimeout(resolve, IDLE_LOOK_MS));
    },
  };
}

function refuseClash(given: Record<string, Task>, own: Record<string, Task>): Record<string, Task> {
  for (const name of Object.keys(given)) if (name in own) throw new Error(`The task name "${name}" is the engine's.`);
  return { ...given, ...own };
}

/** No job starts before the database knows whose it is. */
function waitingFor(registered: Promise<void>, tasks: Record<string, Task>): TaskList {
  const list: TaskList = {};
  for (const [name, task] of Object.entries(tasks)) {
    list[name] = async (payload, helpers) => {
      await registered;
      return task(payload, helpers);
    };
  }
  return list;
}

function announcePool(lease: Lease): { events: WorkerEvents; registered: Promise<void> } {
  const events = new EventEmitter() as WorkerEvents;
  const registered = new Promise<void>((resolve, reject) => {
    events.once("pool:create", ({ workerPool }) => {
      lease.setPoolId(workerPool.id).then(resolve, reject);
    });
  });
  registered.catch(() => undefined);
  return { events, registered };
}

async function stopRunner(runner: Runner): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), STOP_MS);
  });
  const ended = await Promise.race([runner.stop(), late]);
  clearTimeout(timer);
  if (ended === "late") await runner.kill("stopping took too long");
}

async function isBusy(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ busy: boolean }>(
    `select exists (select 1 from graphile_worker.jobs
       where attempts < max_attempts and run_at <= now() or locked_at is not null) as busy`,
  );
  return rows[0]?.busy ?? false;
}

function graphileLogger(log: Log): Logger {
  return new Logger(() => (level, message, meta) => {
    const error = meta?.error;
    if (level === "error") log.error({ error }, message);
    else if (level === "warning") log.warn({ error }, message);
  });
}
