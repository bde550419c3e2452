import type { Inngest, InngestFunction } from "inngest";
import { nextTick } from "./cron.ts";
import { parseDuration } from "./durations.ts";
import { matchPath } from "./matching.ts";

/** What the engine knows of one function. A failure handler (`onFailure`) is an entry of its own. */
export type Entry = {
  /** `<app>-<function>`; under this id the SDK's handler finds it. */
  id: string;
  events: string[];
  crons: string[];
  cancels: { event: string; path?: string }[];
  maxAttempts: number;
  finishMs: number | null;
  /** Set for a failure handler: the function whose failures it takes. */
  failureOf?: string;
};

export type Registry = {
  entries: Map<string, Entry>;
  startedBy(event: string, data: unknown): Entry[];
  listensFor(event: string): boolean;
};

type Config = {
  id: string;
  triggers: { event?: string; cron?: string; expression?: string; jitter?: unknown }[];
  steps: { step: { retries?: { attempts: number } } };
  cancel?: { event: string; if?: string; timeout?: string }[];
  timeouts?: { start?: string; finish?: string };
};

export const FUNCTION_FAILED = "inngest/function.failed";
const DEFAULT_RETRIES = 3;
const UNSUPPORTED = [
  "concurrency",
  "throttle",
  "debounce",
  "rateLimit",
  "batchEvents",
  "priority",
  "singleton",
  "idempotency",
] as const;

/** Reads the functions' own configuration, as the SDK would register it, and refuses what the engine does not have. */
export function readFunctions(inngest: Inngest, functions: readonly InngestFunction.Any[]): Registry {
  const entries = new Map<string, Entry>();
  for (const fn of functions) {
    for (const option of UNSUPPORTED) if (fn.opts[option] !== undefined) refuse(fn.opts.id, option);
    for (const config of configsOf(fn, inngest.id)) {
      if (entries.has(config.id)) throw new Error(`There are two functions with the id "${config.id}".`);
      entries.set(config.id, entryOf(config, fn, fn.id(inngest.id)));
    }
  }
  const all = [...entries.values()];
  return {
    entries,
    startedBy: (event, data) => all.filter((entry) => entry.events.includes(event) && isMeant(entry, data)),
    listensFor: (event) => all.some((entry) => entry.events.includes(event)),
  };
}

function entryOf(config: Config, fn: InngestFunction.Any, mainId: string): Entry {
  const name = fn.opts.id;
  const failureOf = config.id === mainId ? undefined : mainId;
  if (config.timeouts?.start) refuse(name, "timeouts.start");
  const entry: Entry = {
    id: config.id,
    events: [],
    crons: [],
    cancels: [],
    maxAttempts: (config.steps.step.retries?.attempts ?? DEFAULT_RETRIES) + 1,
    finishMs: config.timeouts?.finish ? milliseconds(name, config.timeouts.finish) : null,
    failureOf,
  };
  for (const trigger of config.triggers) {
    if (trigger.jitter) refuse(name, "triggers.jitter");
    if (trigger.expression && !failureOf) refuse(name, "triggers.if");
    if (trigger.event?.includes("*")) refuse(name, "triggers.event with a wildcard");
    if (trigger.event) entry.events.push(trigger.event);
    if (trigger.cron) entry.crons.push(checkedCron(name, trigger.cron));
  }
  for (const cancel of config.cancel ?? []) {
    if (cancel.timeout) refuse(name, "cancelOn.timeout");
    const path = cancel.if === undefined ? undefined : matchPath(cancel.if);
    if (cancel.if !== undefined && path === undefined) refuse(name, "cancelOn.if");
    entry.cancels.push({ event: cancel.event, path });
  }
  return entry;
}

/** The SDK keeps `getConfig` internal, but its answer is the documented registration format. */
function configsOf(fn: InngestFunction.Any, appPrefix: string): Config[] {
  const internal = fn as unknown as { getConfig(options: { baseUrl: URL; appPrefix: string }): Config[] };
  return internal.getConfig({ baseUrl: new URL("http://engine.invalid/"), appPrefix });
}

function isMeant(entry: Entry, data: unknown): boolean {
  return !entry.failureOf || (data as { function_id?: string } | null)?.function_id === entry.failureOf;
}

function checkedCron(name: string, cron: string): string {
  if (/^(TZ|CRON_TZ)=/.test(cron)) refuse(name, "triggers.cron with a time zone");
  try {
    nextTick(cron, new Date());
  } catch (cause) {
    throw new Error(`Function "${name}": "${cron}" is not a cron expression of five fields.`, { cause });
  }
  return cron;
}

function milliseconds(name: string, text: string): number {
  // The SDK passes this option on as it was written: "30m", "1h30m", or "2 hours" in the words of the `ms` package.
  const length = parseDuration(text.replaceAll(" ", ""));
  if (length === undefined)
    throw new Error(`Function "${name}": timeouts.finish "${text}" is not like "30m" or "1h30m".`);
  return length;
}

function refuse(name: string, option: string): never {
  throw new Error(
    `Function "${name}" uses ${option}, which the embedded engine does not have. Run under Inngest, or do without it.`,
  );
}
