import { setTimeout as pause } from "node:timers/promises";
import { Logger, runMigrations, type Task } from "graphile-worker";
import type { Pool } from "pg";
import type { Log } from "#server/kernel/log.ts";
import { keepRunning } from "./keep-running.ts";
import { type Lease, recoverRuns, takeLease } from "./lease.ts";

export type WorkerOptions = {
  /** Needs an `error` listener on the pool and on its connections, or graphile-worker warns. */
  pool: Pool;
  log: Log;
  /** The application's own queue tasks, by name. `event`, `run` and `cron` belong to the engine. */
  tasks?: Record<string, Task>;
  /** Jobs at a time; a job is busy for as long as the step it runs. */
  concurrency?: number;
  /** Milliseconds between looks for timers whose time has come. New jobs are announced and do not wait for it. */
  pollInterval?: number;
};

export type Worker = {
  /** Takes no more jobs, gives those under way ten seconds, then leaves them to the next start. */
  stop(): Promise<void>;
  /** Resolves when no job is due and none is running. Timers in the future do not count. */
  idle(): Promise<void>;
};

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
  const { pool, log, concurrency = 8, pollInterval = 500 } = options;
  const logger = graphileLogger(log);
  await runMigrations({ pgPool: pool, logger });
  const lease = await takeLease(pool, log);
  await recoverRuns(pool, log, true);
  await takeUpEvents(pool, log);
  const tasks = refuseClash(options.tasks ?? {}, await makeTasks(lease));
  // Without batches, a job whose end cannot be reported is an unhandled rejection. (The local queue, which would look
  // for jobs once for all workers, has one of its own when PostgreSQL is away, so it is not used.)
  const preset = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } };
  const settings = { pgPool: pool, logger, concurrency, pollInterval, noHandleSignals: true, preset };
  const runner = await keepRunning(pool, log, lease, settings, tasks);
  const recovery = setInterval(() => {
    Promise.all([recoverRuns(pool, log, false), runner.freeLost()]).catch((error: Error) => {
      log.warn({ error: error.message }, "could not look for what dead workers and broken connections have left");
    });
  }, RECOVER_MS);
  recovery.unref();
  return {
    async stop() {
      clearInterval(recovery);
      await runner.stop();
      await lease.release();
    },
    async idle() {
      while (await isBusy(pool)) await pause(IDLE_LOOK_MS);
    },
  };
}

/** Events that were given up, as after days of a wrong key at Inngest. Handing one over again is harmless, by its id. */
async function takeUpEvents(pool: Pool, log: Log): Promise<void> {
  const { rowCount } = await pool.query(
    `select graphile_worker.reschedule_jobs(array_agg(id), run_at := now(), attempts := 0)
     from graphile_worker.jobs where task_identifier = 'event' and attempts >= max_attempts`,
  );
  if (rowCount) log.warn({ events: rowCount }, "took up events that had been given up");
}

function refuseClash(given: Record<string, Task>, own: Record<string, Task>): Record<string, Task> {
  for (const name of Object.keys(given)) if (name in own) throw new Error(`The task name "${name}" is the engine's.`);
  return { ...given, ...own };
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
