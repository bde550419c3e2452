import { Hono } from "hono";
import { serve as serveInngest } from "inngest/edge";
import { cityFunctions } from "#inngest/functions/index.ts";
import type { City } from "../city.ts";
import { advanceClock } from "../engine/clock.ts";
import { isCityError } from "../kernel/errors.ts";
import { listOutbox } from "../mail/list-outbox.ts";
import { receiveStripeEvent } from "../payments/receive-stripe-event.ts";
import { makeRestApi, refuse } from "../rest/adapter.ts";
import { toCityError } from "../trpc/errors.ts";
import { answerDashboard, DASHBOARD_PREFIX } from "./dashboard-calls.ts";
import { makeReadiness } from "./readiness.ts";

/** Bytes a Stripe event may hold. */
const EVENT_BYTES = 1_048_576;

/** Everything the city answers without Next, as one fetch handler. */
export function makeApi(city: City, extras: { gitRemote: ((request: Request) => Promise<Response>) | null }): Hono {
  const app = new Hono();
  app.route("/", makeRestApi(city));
  app.all(`${DASHBOARD_PREFIX}/*`, (c) => answerDashboard(city, c.req.raw));
  if (city.config.inngest.kind === "inngest") {
    const handler = serveInngest({
      client: city.inngest,
      functions: cityFunctions(city),
      // Unsigned, anyone could have the app's address changed to theirs; signed, by a Host header that leads there.
      enableUnauthedSync: false,
      ...(!city.config.inngest.devUrl && { serveOrigin: new URL(city.config.publicUrl).origin }),
    });
    app.all("/api/inngest", (c) => handler(c.req.raw) as Promise<Response>);
  }
  app.post("/api/webhooks/stripe", (c) => takeStripeEvent(city, c.req.raw));
  app.get("/health", (c) => c.json({ status: "ok" }));
  app.get("/ready", makeReadiness(city));
  if (!city.config.production) app.get("/local/outbox", (c) => showOutbox(city, c.req.query("to") ?? ""));
  if (city.config.testClock) app.post("/local/clock", (c) => moveClock(city, c.req.raw));
  const { gitRemote } = extras;
  if (gitRemote) app.all("/git/*", (c) => gitRemote(c.req.raw));
  app.onError((error, c) => {
    const answer = refuse(c.req.raw, toCityError(error));
    const requestId = answer.headers.get("x-request-id");
    city.log.error({ requestId, path: c.req.path, err: error }, "a request failed outside of every operation");
    return answer;
  });
  return app;
}

/** Verified on the raw body, recorded, answered at once; the work is the queue's. */
async function takeStripeEvent(city: City, request: Request): Promise<Response> {
  const body = await request.text();
  if (body.length > EVENT_BYTES) return Response.json({ error: "PAYLOAD_TOO_LARGE" }, { status: 413 });
  try {
    const result = await receiveStripeEvent(city.ctx(), {
      rawBody: body,
      signature: request.headers.get("stripe-signature") ?? "",
    });
    return Response.json(result);
  } catch (error) {
    if (isCityError(error) && error.status < 500) return Response.json({ error: error.code }, { status: 400 });
    city.log.error({ err: error }, "a Stripe event could not be recorded");
    return Response.json({ error: "INTERNAL_ERROR" }, { status: 500 });
  }
}

/** Local mode: the mails to one address that a mail server would have sent. */
async function showOutbox(city: City, to: string): Promise<Response> {
  return Response.json(city.config.smtp ? [] : await listOutbox(city.ctx(), { to }));
}

/**
 * Local mode: `{ "advanceMs": 900000 }` moves the city's time and every timer with it. JSON only: a cross-site page would
 * need a CORS preflight, which is never granted here.
 */
async function moveClock(city: City, request: Request): Promise<Response> {
  if (!request.headers.get("content-type")?.startsWith("application/json")) {
    return Response.json({ error: "Send application/json." }, { status: 415 });
  }
  const body = (await request.json().catch(() => null)) as { advanceMs?: unknown } | null;
  const advanceMs = body?.advanceMs;
  if (typeof advanceMs !== "number" || !(advanceMs >= 0) || advanceMs > 400 * 86_400_000) {
    return Response.json({ error: "advanceMs: milliseconds, at most 400 days." }, { status: 400 });
  }
  return Response.json({ now: await advanceClock(city.database.pool, advanceMs) });
}
