import type { Pool, PoolClient } from "pg";
import type { Call } from "./world.ts";

/**
 * What can be made to go wrong. The first five concern a POST whose path begins with `path`:
 * - `timeout_after_success`: done and remembered, but the answer never arrives. With `hangMs` the connection stays
 *   open that long, otherwise it is closed at once (the caller cannot tell the difference, only sooner).
 * - `error_500`: answered 500, which is remembered under the key; `effect: "done"` acts all the same, `"none"` does not.
 * - `error_503`: refused before it began; nothing is remembered.
 * - `refused_unread`: refused with this `status` before the key was looked at, as 401 is after our secret was changed.
 * - `event_before_answer`: its events are delivered before the API answers.
 * The others concern the next object or event of their sort:
 * - `charge_declined` (`code`), `transfer_refused`, `payout_failed` (`code`), `event_duplicate` (`copies`, `type`).
 */
export const FAULT_KINDS = [
  "timeout_after_success",
  "error_500",
  "error_503",
  "refused_unread",
  "event_before_answer",
  "charge_declined",
  "transfer_refused",
  "payout_failed",
  "event_duplicate",
] as const;

type FaultKind = (typeof FAULT_KINDS)[number];

type FaultOptions = {
  hangMs?: number | undefined;
  effect?: "none" | "done" | undefined;
  status?: 400 | 401 | 403 | undefined;
  code?: string | undefined;
  copies?: number | undefined;
  type?: string | undefined;
};

export type Fault = { kind: FaultKind; path: string; times: number; options: FaultOptions };

const REQUEST_KINDS: FaultKind[] = [
  "timeout_after_success",
  "error_500",
  "error_503",
  "refused_unread",
  "event_before_answer",
];

export async function addFault(db: Pool, fault: Fault): Promise<void> {
  await db.query("insert into stripe_stand_in.fault (kind, path, times, options) values ($1, $2, $3, $4)", [
    fault.kind,
    fault.path,
    fault.times,
    fault.options,
  ]);
}

export async function listFaults(db: Pool): Promise<Fault[]> {
  const { rows } = await db.query<Fault>(
    "select kind, path, times, options from stripe_stand_in.fault where times > 0 order by id",
  );
  return rows;
}

export async function clearFaults(db: Pool): Promise<void> {
  await db.query("delete from stripe_stand_in.fault");
}

/** Uses up one turn of the oldest fault that fits, if there is one. */
async function take(db: Pool | PoolClient, where: string, values: unknown[]): Promise<Fault | undefined> {
  const { rows } = await db.query<Fault>(
    `update stripe_stand_in.fault set times = times - 1 where id = (
       select id from stripe_stand_in.fault where times > 0 and ${where} order by id limit 1 for update skip locked
     ) returning kind, path, times, options`,
    values,
  );
  return rows[0];
}

/** A fault for this POST. Taken outside its transaction, so that a roll-back does not bring it back. */
export function takeRequestFault(db: Pool, path: string): Promise<Fault | undefined> {
  return take(db, "kind = any($1) and starts_with($2, path)", [REQUEST_KINDS, path]);
}

export async function takeFault(call: Call, kind: FaultKind): Promise<Fault | undefined> {
  return call.faults ? take(call.db, "kind = $1", [kind]) : undefined;
}

export async function takeEventFault(call: Call, type: string): Promise<Fault | undefined> {
  return call.faults
    ? take(call.db, "kind = 'event_duplicate' and coalesce(options->>'type', $1) = $1", [type])
    : undefined;
}
