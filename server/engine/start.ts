import type { Inngest, InngestFunction } from "inngest";
import { makeCall } from "./call.ts";
import { makeDrive } from "./drive.ts";
import { receiveEvent } from "./events.ts";
import { readFunctions } from "./registry.ts";
import type { EngineEvent } from "./runs.ts";
import { type CronJob, scheduleAll, tick } from "./schedule.ts";
import { startWorker, type Worker, type WorkerOptions } from "./worker.ts";

export type EngineOptions = WorkerOptions & {
  /** Made with `mode: "embedded"` and `engineFetch(pool)`. */
  inngest: Inngest;
  functions: readonly InngestFunction.Any[];
  /** Milliseconds before try number `attempt` (from 1) of something that failed. */
  backOff?: (attempt: number) => number;
};

/**
 * Runs Inngest functions without Inngest: events are jobs in PostgreSQL, the state of every run is too, and the
 * functions are called in this process through the SDK's own handler. What was committed survives the process; a step
 * may run twice, and is never left out.
 * @throws if a function uses an option the engine lacks; names both.
 */
export async function startEngine(options: EngineOptions): Promise<Worker> {
  const { pool, log, inngest, functions } = options;
  const registry = readFunctions(inngest, functions);
  const call = makeCall(inngest, functions);
  return startWorker(options, async ({ workerId }) => {
    const drive = makeDrive({ pool, registry, call, log, workerId, backOff: options.backOff ?? exponential });
    await scheduleAll(pool, registry);
    return {
      event: (event) => receiveEvent(pool, registry, event as EngineEvent),
      run: (job) => drive((job as { run: string }).run),
      cron: (job) => tick(pool, registry, job as CronJob),
    };
  });
}

/** 5, 15, 45 … seconds, at most ten minutes, each between three quarters and five quarters of that. */
function exponential(attempt: number): number {
  return Math.min(5_000 * 3 ** (attempt - 1), 600_000) * (0.75 + Math.random() / 2);
}
