import type { Inngest, InngestFunction } from "inngest";
import { serve } from "inngest/edge";
import type { Operation } from "./operations.ts";
import type { Entry } from "./registry.ts";

/** The state of a run as `engine.claim` and `engine.leave` return it. */
export type RunState = {
  id: string;
  functionId: string;
  event: { id: string; name: string; data: unknown; ts: number };
  attempt: number;
  dispatch: number;
  backingOff: boolean;
  steps: StepState[];
};

export type StepState = {
  id: string;
  state: "planned" | "waiting" | "done" | "failed";
  data: unknown;
  error: unknown;
  attempt: number;
  due: boolean;
};

/** How the SDK says that trying again makes no sense, or makes sense later (milliseconds). */
export type RetryHint = { never: boolean; afterMs?: number };

export type Answer =
  | { kind: "output"; output: unknown }
  | { kind: "operations"; operations: Operation[]; retry: RetryHint }
  | { kind: "error"; error: unknown; retry: RetryHint };

export type Call = (entry: Entry, run: RunState, step?: StepState) => Promise<Answer>;

/**
 * Calls the functions through the SDK's own serve handler, in this process: the same code that answers Inngest over
 * HTTP. With a step, only that step is run; without one the function goes on as far as it can.
 */
export function makeCall(inngest: Inngest, functions: readonly InngestFunction.Any[]): Call {
  const handler = serve({ client: inngest, functions: [...functions] }) as (request: Request) => Promise<Response>;
  return async (entry, run, step) => {
    const url = new URL("http://engine.invalid/api/inngest");
    url.searchParams.set("fnId", entry.id);
    url.searchParams.set("stepId", step?.id ?? "step");
    const response = await handler(
      new Request(url, {
        method: "POST",
        headers: { host: url.host, "content-type": "application/json" },
        body: JSON.stringify(requestBody(entry, run, step)),
      }),
    );
    return readAnswer(response);
  };
}

function requestBody(entry: Entry, run: RunState, step?: StepState) {
  const ended = run.steps.filter((known) => known.state === "done" || known.state === "failed");
  const open = run.steps.length > ended.length;
  const steps: Record<string, unknown> = {};
  for (const known of ended) {
    steps[known.id] =
      known.state === "done" ? { type: "data", data: known.data } : { type: "error", error: known.error };
  }
  return {
    version: 2,
    event: run.event,
    events: [run.event],
    steps,
    ctx: {
      run_id: run.id,
      fn_id: entry.id,
      qi_id: String(run.dispatch),
      attempt: step?.attempt ?? run.attempt,
      max_attempts: entry.maxAttempts,
      // With other steps still open, a step run on sight would run a second time in a later call.
      disable_immediate_execution: open && !step,
      use_api: false,
      stack: { stack: ended.map((known) => known.id), current: ended.length - 1 },
    },
  };
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = text === "" ? null : (JSON.parse(text) as unknown);
  if (response.status === 200) return { kind: "output", output: body };
  const retry = { never: response.headers.get("x-inngest-no-retry") === "true", ...retryAfter(response) };
  if (response.status !== 206) return { kind: "error", error: body, retry };
  return { kind: "operations", operations: (Array.isArray(body) ? body : [body]) as Operation[], retry };
}

function retryAfter(response: Response): { afterMs?: number } {
  const header = response.headers.get("retry-after");
  if (!header) return {};
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : new Date(header).getTime() - Date.now();
  return Number.isFinite(ms) ? { afterMs: Math.max(0, ms) } : {};
}
