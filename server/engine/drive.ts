import { setTimeout as pause } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import type { Log } from "#server/kernel/log.ts";
import type { Answer, Call, RetryHint, RunState, StepState } from "./call.ts";
import { FOR_THE_DRIVE, type Operation, type StepRecord, toRecord, Unsupported } from "./operations.ts";
import type { Entry, Registry } from "./registry.ts";
import { completeRun, failRun, startRun } from "./runs.ts";
import { withTransaction } from "./transaction.ts";
import { record } from "./wire.ts";

export type Driver = {
  pool: Pool;
  registry: Registry;
  call: Call;
  log: Log;
  workerId: string;
  /** Milliseconds to wait before try number `attempt` (from 1) of something that failed. */
  backOff(attempt: number): number;
};

const ABANDON_MS = 250;

type Drive = { again: boolean; over: Promise<void> };

/**
 * Returns the `run` job: drives one run as far as it goes now. In this process a run is driven by one job at a time; a
 * second job for it makes the first look again before it leaves, and takes over should the first one fail: the two may
 * be one and the same job, handed out anew. Other processes are kept out by `engine.claim`.
 */
export function makeDrive(driver: Driver): (runId: string) => Promise<void> {
  const active = new Map<string, Drive>();

  async function drive(runId: string): Promise<void> {
    const other = active.get(runId);
    if (other) {
      other.again = true;
      return other.over.catch(() => drive(runId));
    }
    const mine: Drive = { again: false, over: Promise.resolve() };
    active.set(runId, mine);
    mine.over = driveToRest(runId, mine);
    return mine.over;
  }

  async function driveToRest(runId: string, mine: Drive): Promise<void> {
    try {
      do {
        mine.again = false;
        await driveOnce(driver, runId);
      } while (mine.again);
    } catch (error) {
      await abandon(driver, runId);
      throw error;
    } finally {
      // In the same breath as the last look at `again`: nobody can set it in between.
      active.delete(runId);
    }
  }

  return drive;
}

/** Gives a run back after a failure. As that is often PostgreSQL's absence, it goes on until there is an answer. */
async function abandon({ pool, workerId, log }: Driver, runId: string): Promise<void> {
  while (!pool.ending) {
    try {
      await pool.query("select engine.abandon($1, $2)", [runId, workerId]);
      return;
    } catch (error) {
      log.warn({ run: runId, error: (error as Error).message }, "a run cannot be given back; trying again");
      await pause(ABANDON_MS, undefined, { ref: false });
    }
  }
}

async function driveOnce(driver: Driver, runId: string): Promise<void> {
  const { rows } = await driver.pool.query<{ run: RunState | null }>("select engine.claim($1, $2) as run", [
    runId,
    driver.workerId,
  ]);
  let run = rows[0]?.run ?? null;
  while (run) {
    const progress = await advance(driver, run);
    const left = await driver.pool.query<{ run: RunState | null }>("select engine.leave($1, $2, $3) as run", [
      run.id,
      run.dispatch,
      progress,
    ]);
    run = left.rows[0]?.run ?? null;
  }
}

/** One round: the planned steps that are due, side by side; or, with none planned, the function itself. */
async function advance(driver: Driver, run: RunState): Promise<boolean> {
  const entry = driver.registry.entries.get(run.functionId);
  if (!entry) throw new Error(`Run ${run.id} belongs to "${run.functionId}", which this program does not have.`);
  const planned = run.steps.filter((step) => step.state === "planned");
  if (planned.length > 0) {
    const due = planned.filter((step) => step.due);
    const progress = await Promise.all(due.map((step) => runStep(driver, entry, run, step)));
    return progress.includes(true);
  }
  if (run.backingOff) return false;
  const answer = await driver.call(entry, run);
  if (answer.kind === "output") await completeRun(driver.pool, run, answer.output);
  else if (answer.kind === "error") await tryAgain(driver, entry, run, answer.error, answer.retry);
  else return settle(driver, entry, run, answer.operations, answer.retry);
  return false;
}

async function runStep(driver: Driver, entry: Entry, run: RunState, step: StepState): Promise<boolean> {
  const answer = await driver.call(entry, run, step);
  const failed = failureOf(answer, step.id);
  if (!failed) return answer.kind === "operations" && settle(driver, entry, run, answer.operations, answer.retry);
  const attempt = step.attempt + 1;
  if (failed.retry.never || attempt >= entry.maxAttempts) {
    await failRun(driver.pool, driver.registry, run, failed.error);
    return false;
  }
  const wakeInMs = Math.round(failed.retry.afterMs ?? driver.backOff(attempt));
  const { error } = failed;
  driver.log.warn({ run: run.id, function: run.functionId, attempt, wakeInMs, error }, "a step failed; trying again");
  const again: StepRecord = { id: step.id, name: step.id, op: "StepPlanned", state: "planned", attempt, wakeInMs };
  return Boolean(await record(driver.pool, run.id, run.dispatch, [again]));
}

/** A step's failed try. The last one comes as `StepFailed` instead, which is a result that the function may catch. */
function failureOf(answer: Answer, stepId: string): { error: unknown; retry: RetryHint } | undefined {
  if (answer.kind === "error") return answer;
  if (answer.kind !== "operations") return undefined;
  const operation = answer.operations.find(({ id, op }) => id === stepId && op === "StepError");
  return operation && { error: operation.error, retry: answer.retry };
}

/** Stores what the function found, then does what is not a step: ends the run, or sets the next try. */
async function settle(
  driver: Driver,
  entry: Entry,
  run: RunState,
  operations: Operation[],
  retry: RetryHint,
): Promise<boolean> {
  const steps = operations.filter(({ op }) => !FOR_THE_DRIVE.has(op));
  let changed: number | null;
  try {
    changed = await store(driver, run, steps);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    await failRun(driver.pool, driver.registry, run, { name: "Unsupported", message: error.message });
    return false;
  }
  if (changed === null) return false;
  const complete = operations.find(({ op }) => op === "RunComplete");
  if (complete) {
    await completeRun(driver.pool, run, complete.data);
    return false;
  }
  const failed = operations.find(({ op }) => op === "StepError");
  if (failed) {
    await tryAgain(driver, entry, run, failed.error, retry);
    return false;
  }
  return changed > 0 || operations.some(({ op }) => op === "DiscoveryRequest");
}

async function store(driver: Driver, run: RunState, operations: Operation[]): Promise<number | null> {
  if (operations.length === 0) return 0;
  const records = operations.map((operation) => toRecord(operation, run.event));
  const invoked = operations.filter(({ op }) => op === "InvokeFunction");
  if (invoked.length === 0) return record(driver.pool, run.id, run.dispatch, records);
  return withTransaction(driver.pool, async (client) => {
    const changed = await record(client, run.id, run.dispatch, records);
    if (changed === null) return null;
    for (const operation of invoked) await invoke(driver, client, run, operation);
    return changed;
  });
}

/** Starts the other function; its end is written into the step that waits for it. */
async function invoke(driver: Driver, client: PoolClient, run: RunState, operation: Operation): Promise<void> {
  const target = driver.registry.entries.get(operation.opts?.function_id ?? "");
  if (!target) throw new Unsupported(`There is no function "${operation.opts?.function_id}" to invoke.`);
  const data = operation.opts?.payload?.data ?? {};
  const event = { id: `invoke:${run.id}:${operation.id}`, name: "inngest/function.invoked", data, ts: Date.now() };
  await startRun(client, target, event, { run: run.id, step: operation.id });
}

async function tryAgain(driver: Driver, entry: Entry, run: RunState, error: unknown, retry: RetryHint): Promise<void> {
  const attempt = run.attempt + 1;
  if (retry.never || attempt >= entry.maxAttempts) {
    await failRun(driver.pool, driver.registry, run, error);
    driver.log.warn({ run: run.id, function: run.functionId, error }, "a workflow run failed for good");
    return;
  }
  const wait = Math.round(retry.afterMs ?? driver.backOff(attempt));
  driver.log.warn({ run: run.id, function: run.functionId, attempt, wait, error }, "a workflow failed; trying again");
  await driver.pool.query("select engine.back_off($1, $2, $3, $4, $5)", [
    run.id,
    run.dispatch,
    attempt,
    wait,
    JSON.stringify(error ?? {}),
  ]);
}
