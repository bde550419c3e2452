import { parseWake } from "./durations.ts";
import { matchPath, valueAt } from "./matching.ts";

/** An operation as the SDK reports it, in an answer or at a checkpoint. `id` is the hash of the step's name. */
export type Operation = {
  id: string;
  op: string;
  name?: string;
  displayName?: string;
  opts?: { timeout?: string; if?: string; function_id?: string; payload?: { data?: unknown } };
  data?: unknown;
  error?: unknown;
};

/** One element of what `engine.record` takes. */
export type StepRecord = {
  id: string;
  name: string;
  op: string;
  state: "planned" | "waiting" | "done" | "failed";
  data?: unknown;
  error?: unknown;
  attempt?: number;
  wakeInMs?: number;
  wakeAt?: string;
  event?: string;
  path?: string;
  value?: string;
};

/** The function uses something that the engine does not have; trying again cannot help. */
export class Unsupported extends Error {}

/** Operations that end the request rather than a step; the drive deals with them. */
export const FOR_THE_DRIVE = new Set(["RunComplete", "StepError", "DiscoveryRequest"]);

/**
 * What is to be remembered of an operation.
 * @param event the event that started the run, which a wait with `match` compares with.
 * @throws Unsupported
 */
export function toRecord(operation: Operation, event: unknown): StepRecord {
  const { id, op, opts } = operation;
  const step = { id, op, name: operation.displayName ?? operation.name ?? id };
  switch (op) {
    case "StepRun":
    case "Step":
      return { ...step, state: "done", data: operation.data ?? null };
    case "StepFailed":
      return { ...step, state: "failed", error: operation.error ?? { name: "Error", message: "The step failed." } };
    case "StepPlanned":
      return { ...step, state: "planned" };
    case "Sleep":
      return { ...step, state: "waiting", ...wakeOf(step.name, operation.name) };
    case "InvokeFunction":
      return { ...step, state: "waiting", ...(opts?.timeout ? wakeOf(step.name, opts.timeout) : {}) };
    case "WaitForEvent": {
      const path = opts?.if === undefined ? undefined : matchPath(opts.if);
      if (opts?.if !== undefined && !path)
        throw new Unsupported(`Step "${step.name}" waits with an \`if\` expression.`);
      const match = path ? { path, value: valueAt(event, path) } : {};
      return { ...step, state: "waiting", ...wakeOf(step.name, opts?.timeout), event: operation.name, ...match };
    }
    default:
      throw new Unsupported(`Step "${step.name}" is a ${op}, which the embedded engine does not have.`);
  }
}

function wakeOf(step: string, text: string | undefined) {
  // A wait of length zero is sent as an empty text.
  if (text === "") return { wakeInMs: 0 };
  const wake = parseWake(text);
  if (!wake) throw new Unsupported(`Step "${step}" waits until "${text}", which is not a time.`);
  return wake;
}
