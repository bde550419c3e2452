import type { Pool } from "pg";
import { newId } from "#server/kernel/ids.ts";
import type { RunState } from "./call.ts";
import { valueAt } from "./matching.ts";
import { type Entry, FUNCTION_FAILED, type Registry } from "./registry.ts";

/** An event on its way through the queue. `id` is unique for the event, whoever hands it over and how often. */
export type EngineEvent = { id: string; name: string; data: unknown; ts: number };

type Queryable = Pick<Pool, "query">;

/** Starts a run of the function for the event, unless there is one already. */
export async function startRun(
  db: Queryable,
  entry: Entry,
  event: EngineEvent,
  parent?: { run: string; step: string },
): Promise<void> {
  const cancels = entry.cancels.map(({ event: name, path }) => ({
    event: name,
    path,
    value: path && valueAt(event, path),
  }));
  await db.query("select engine.start_run($1, $2, $3, $4, $5, $6, $7, $8)", [
    newId(),
    entry.id,
    event.id,
    JSON.stringify(event),
    JSON.stringify(cancels),
    entry.finishMs,
    parent?.run ?? null,
    parent?.step ?? null,
  ]);
}

export async function completeRun(db: Queryable, run: RunState, output: unknown): Promise<void> {
  await db.query("select engine.end_run($1, $2, 'completed', $3, null)", [
    run.id,
    run.dispatch,
    JSON.stringify(output ?? null),
  ]);
}

/** Ends a run as failed, with its error, and tells whoever listens for failed functions (`onFailure`). */
export async function failRun(db: Queryable, registry: Registry, run: RunState, error: unknown): Promise<void> {
  const failed: EngineEvent = {
    id: `failed:${run.id}`,
    name: FUNCTION_FAILED,
    data: { function_id: run.functionId, run_id: run.id, error: error ?? {}, event: run.event },
    ts: Date.now(),
  };
  await db.query("select engine.end_run($1, $2, 'failed', null, $3, $4)", [
    run.id,
    run.dispatch,
    JSON.stringify(error ?? {}),
    registry.listensFor(FUNCTION_FAILED) ? JSON.stringify(failed) : null,
  ]);
}
