import { createHash, randomUUID } from "node:crypto";
import { getAsyncCtx } from "inngest/experimental";
import type { Pool } from "pg";
import { type Operation, type StepRecord, toRecord } from "./operations.ts";

type SentEvent = { id?: string; name: string; data?: unknown; ts?: number };

/**
 * A `fetch` for the Inngest client that answers, in this process and from PostgreSQL, the two requests the SDK makes
 * while it runs functions: sent events go to the queue, finished steps into the state of their run.
 */
export function engineFetch(pool: Pool): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    if (request.method === "POST" && pathname.startsWith("/e/")) return sendEvents(pool, await request.json());
    if (request.method === "POST" && /^\/v1\/checkpoint\/[^/]+\/async$/.test(pathname)) {
      return checkpoint(pool, (await request.json()) as Checkpoint);
    }
    return Response.json({ error: "The embedded engine does not answer this.", status: 501 }, { status: 501 });
  };
}

async function sendEvents(pool: Pool, body: unknown): Promise<Response> {
  const sent = (Array.isArray(body) ? body : [body]) as SentEvent[];
  const step = await runningStep();
  const events = sent.map((event, index) => ({
    id: event.id ?? (step ? idWithin(step, index, event) : randomUUID()),
    name: event.name,
    data: event.data ?? {},
    ts: event.ts ?? Date.now(),
  }));
  await pool.query("select graphile_worker.add_job('event', event) from json_array_elements($1::json) as e(event)", [
    JSON.stringify(events),
  ]);
  return Response.json({ ids: events.map((event) => event.id), status: 200 });
}

/** Run and step that are being executed right now, or undefined for an event sent from outside of any run. */
async function runningStep(): Promise<string | undefined> {
  const execution = (await getAsyncCtx())?.execution;
  const inner = execution as
    | { ctx?: { runId?: string }; executingStep?: { hashedId?: string; id?: string } }
    | undefined;
  const step = inner?.executingStep?.hashedId ?? inner?.executingStep?.id;
  return inner?.ctx?.runId && step ? `${inner.ctx.runId}:${step}` : undefined;
}

/** A step that runs twice sends the same events under the same ids, so that they start nothing twice. */
function idWithin(step: string, index: number, event: SentEvent): string {
  const content = JSON.stringify([step, index, event.name, event.data]);
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}

type Checkpoint = { run_id: string; qi_id: string; steps: Operation[] };

async function checkpoint(pool: Pool, body: Checkpoint): Promise<Response> {
  const records = body.steps.map((step) => toRecord(step, undefined));
  const changed = await record(pool, body.run_id, body.qi_id, records);
  // 409 stops a worker that was taken for dead: another one drives the run by now, or it was cancelled.
  return changed === null ? Response.json({ error: "stale", status: 409 }, { status: 409 }) : Response.json({});
}

/** Stores what a drive found; null when the drive is stale, otherwise the number of steps that can be acted on now. */
export async function record(
  db: Pick<Pool, "query">,
  run: string,
  dispatch: string | number,
  records: StepRecord[],
): Promise<number | null> {
  const { rows } = await db.query<{ changed: number | null }>("select engine.record($1, $2, $3) as changed", [
    run,
    dispatch,
    JSON.stringify(records),
  ]);
  return rows[0]?.changed ?? null;
}
