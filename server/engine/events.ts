import type { Pool } from "pg";
import { valueAt } from "./matching.ts";
import type { Registry } from "./registry.ts";
import { type EngineEvent, startRun } from "./runs.ts";

/**
 * Gives an event to the runs that wait for it or are cancelled by it, then starts the functions it triggers.
 * Repeatable at any point: a wait resolves once, and (function, event id) is unique.
 */
export async function receiveEvent(pool: Pool, registry: Registry, event: EngineEvent): Promise<void> {
  const { rows } = await pool.query<{ match_path: string | null }>(
    "select distinct match_path from engine.wait where event_name = $1",
    [event.name],
  );
  if (rows.length > 0) {
    const values = rows.flatMap(({ match_path: path }) => (path ? [{ path, value: valueAt(event, path) }] : []));
    await pool.query("select engine.deliver($1, $2, $3)", [event.name, JSON.stringify(event), JSON.stringify(values)]);
  }
  for (const entry of registry.startedBy(event.name, event.data)) await startRun(pool, entry, event);
}
