import type { Context } from "hono";
import { checkAccount, checkKey, versionOf } from "./access.ts";
import { deliverInOrder } from "./delivery.ts";
import { StripeAnswer } from "./errors.ts";
import { expand } from "./expand.ts";
import { type Fault, takeRequestFault } from "./faults.ts";
import { canonical, decodeForm, type FormTable } from "./form.ts";
import { claimKey, rememberAnswer, type StoredAnswer } from "./idempotency.ts";
import { stripeId } from "./ids.ts";
import { list, readParameters, type Shape, string, type Values } from "./parameters.ts";
import { type Call, inCall, PLATFORM, type World } from "./world.ts";

/** One endpoint: what it accepts, and what it does in the transaction that is opened for it. */
export type Endpoint<S extends Shape> = {
  parameters: S;
  run: (call: Call, values: Values<S>, path: Record<string, string>) => Promise<object>;
};

type Outcome = StoredAnswer & { replayed: boolean; executed: boolean; events: string[] };

const EXPAND = { expand: list(string()) };

/** Serves one endpoint as Stripe would: key, account, idempotency, parameters, work, and the faults asked for. */
export async function serve<S extends Shape>(world: World, c: Context, endpoint: Endpoint<S>): Promise<Response> {
  const requestId = stripeId("req");
  try {
    checkKey(c.req.header("authorization"), world.secretKey);
    const apiVersion = versionOf(c.req.header("stripe-version"));
    const account = c.req.header("stripe-account") ?? PLATFORM;
    const writes = c.req.method !== "GET";
    // Removing something twice is the same as once: keys are for POST alone.
    const key = c.req.method === "POST" ? (c.req.header("idempotency-key") ?? null) : null;
    const table = decodeForm(writes ? await c.req.text() : new URL(c.req.url).search.slice(1));
    const fault = writes ? await takeRequestFault(world.pool, c.req.path) : undefined;
    refuseUnread(fault);

    const outcome = await inCall(
      world,
      async (call) => {
        if (account !== PLATFORM) await checkAccount({ ...call, account: PLATFORM }, account);
        return perform(call, endpoint, table, c, fault);
      },
      { account, requestId, idempotencyKey: key, apiVersion, holdEvents: fault?.kind === "event_before_answer" },
    );

    if (fault?.kind === "event_before_answer") await deliverInOrder(world, outcome.events, { releaseRest: true });
    if (fault?.kind === "timeout_after_success") await neverAnswer(c, fault.options.hangMs ?? 0);
    return answer(outcome, { requestId, apiVersion, key });
  } catch (error) {
    return answer(errorOutcome(world, error), { requestId, apiVersion: null, key: null });
  }
}

/** The refusals that come before a request is looked at. */
function refuseUnread(fault: Fault | undefined): void {
  if (fault?.kind === "error_503") throw new StripeAnswer(503, { type: "api_error", message: "Try again." }, false);
  if (fault?.kind !== "refused_unread") return;
  const body = { type: "invalid_request_error", message: "Refused (a fault that was asked for)." } as const;
  throw new StripeAnswer(fault.options.status ?? 401, body, false);
}

async function perform<S extends Shape>(
  call: Call,
  endpoint: Endpoint<S>,
  table: FormTable,
  c: Context,
  fault: Fault | undefined,
): Promise<Outcome> {
  const key = call.idempotencyKey;
  const fingerprint = `${c.req.method} ${c.req.path} ${canonical(table)}`;
  const stored = key === null ? undefined : await claimKey(call, key, fingerprint);
  if (stored) return { ...stored, replayed: true, executed: true, events: call.events };

  const { expand: paths, ...rest } = table;
  const { expand: expanded } = readParameters(EXPAND, paths === undefined ? {} : { expand: paths });
  const values = readParameters(endpoint.parameters, rest);
  const result = await work(call, endpoint, values, c.req.param(), expanded ?? [], fault);
  if (key !== null) await rememberAnswer(call, key, fingerprint, result);
  return { ...result, replayed: false, executed: true, events: call.events };
}

async function work<S extends Shape>(
  call: Call,
  endpoint: Endpoint<S>,
  values: Values<S>,
  path: Record<string, string>,
  expanded: readonly string[],
  fault: Fault | undefined,
): Promise<StoredAnswer> {
  const broken = { type: "api_error", message: "An unknown error occurred (a fault that was asked for)." } as const;
  if (fault?.kind === "error_500" && fault.options.effect !== "done")
    return failure(new StripeAnswer(500, broken, true));
  try {
    const result = await endpoint.run(call, values, path);
    if (fault?.kind === "error_500") return failure(new StripeAnswer(500, broken, true));
    return { status: 200, body: JSON.stringify(await expand(call, result, expanded)) };
  } catch (error) {
    // What an endpoint wrote before it refused (a declined charge, say) is part of the answer and stays.
    if (error instanceof StripeAnswer && error.executed) return failure(error);
    throw error;
  }
}

function failure(error: StripeAnswer): StoredAnswer {
  return { status: error.status, body: JSON.stringify({ error: error.body }) };
}

function errorOutcome(world: World, error: unknown): Outcome {
  const known = error instanceof StripeAnswer;
  if (!known) world.log.error({ error }, "stripe stand-in: request failed");
  const shown = known ? error : new StripeAnswer(500, { type: "api_error", message: "The stand-in failed." }, false);
  return { ...failure(shown), replayed: false, executed: false, events: [] };
}

/** The connection ends without an answer, as it does when one side gives up or a network drops it. */
async function neverAnswer(c: Context, hangMs: number): Promise<void> {
  const socket = (
    c.env as { incoming?: { socket: { destroy: () => void; once: (e: "close", f: () => void) => void } } }
  ).incoming?.socket;
  if (!socket) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => socket.destroy(), hangMs);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

type Facts = { requestId: string; apiVersion: string | null; key: string | null };

function answer(outcome: Outcome, facts: Facts): Response {
  const headers = new Headers({ "content-type": "application/json", "request-id": facts.requestId });
  if (facts.apiVersion) headers.set("stripe-version", facts.apiVersion);
  if (facts.key) headers.set("idempotency-key", facts.key);
  if (outcome.replayed) headers.set("idempotent-replayed", "true");
  // A remembered 500 would only be replayed; Stripe tells its clients not to ask again.
  if (outcome.executed && outcome.status >= 500) headers.set("stripe-should-retry", "false");
  return new Response(outcome.body, { status: outcome.status, headers });
}
