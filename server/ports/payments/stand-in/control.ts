import type { Context, Hono } from "hono";
import { z } from "zod";
import { checkKey } from "./access.ts";
import { moveMoney, releaseFunds } from "./balances.ts";
import { readCard } from "./cards.ts";
import { openSession, paySession } from "./checkout.ts";
import { deliverInOrder, waitingEvents } from "./delivery.ts";
import { closeDispute, openDispute } from "./disputing.ts";
import { badParameter, refused, StripeAnswer } from "./errors.ts";
import { addFault, clearFaults, FAULT_KINDS, listFaults } from "./faults.ts";
import { stripeId } from "./ids.ts";
import { finishOnboarding, restrictAccount } from "./onboarding.ts";
import { settlePayout } from "./payouts.ts";
import { failRefund } from "./refunding.ts";
import { changeSettings, readSettings } from "./settings.ts";
import { type Call, inCall, PLATFORM, type World } from "./world.ts";

const NOTHING = z.strictObject({});
const FAULT = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  path: z.string().default(""),
  times: z.int().min(1).max(1000).default(1),
  hangMs: z.int().min(0).max(600_000).optional(),
  effect: z.enum(["none", "done"]).optional(),
  status: z.literal([400, 401, 403]).optional(),
  code: z.string().optional(),
  copies: z.int().min(1).max(10).optional(),
  type: z.string().optional(),
});
const SETTINGS = z
  .strictObject({
    events: z.enum(["send", "hold"]),
    payouts: z.enum(["auto", "manual"]),
    payoutDelayMs: z.int().min(0).max(600_000),
    funds: z.enum(["now", "pending"]),
  })
  .partial();
const CARD = z.strictObject({ card: z.string().default("4242424242424242") });
const ONBOARD = z.strictObject({ bank: z.string().default("000123456789"), restricted: z.boolean().default(false) });
const CHARGEBACK = z.strictObject({ amount: z.int().min(1).optional(), reason: z.string().default("fraudulent") });
const DELIVER = z.strictObject({
  ids: z.array(z.string()).optional(),
  /** Only events whose object is this one or names it. */
  about: z.string().optional(),
  order: z.enum(["oldest", "newest"]).default("oldest"),
  copies: z.int().min(1).max(10).default(1),
});

/**
 * The control door: what a test or an operator makes the outside world do. JSON in and out, the secret key as bearer,
 * so that a page in the operator's browser cannot reach it.
 */
export function controlDoor(app: Hono, world: World): void {
  const door = <S extends z.ZodType>(
    method: "get" | "post" | "put" | "delete",
    path: string,
    body: S,
    run: (input: z.infer<S>, id: string) => Promise<unknown>,
  ) => app[method](`/stand-in${path}`, (c) => answer(world, c, body, run));
  const inTurn = <T>(work: (call: Call) => Promise<T>) => inCall(world, work);

  door("get", "/faults", NOTHING, () => listFaults(world.pool));
  door("post", "/faults", FAULT, async ({ kind, path, times, ...options }) => {
    await addFault(world.pool, { kind, path, times, options });
    return listFaults(world.pool);
  });
  door("delete", "/faults", NOTHING, async () => {
    await clearFaults(world.pool);
    return [];
  });
  door("get", "/settings", NOTHING, async () => (await readSettings(world.pool)).settings);
  door("put", "/settings", SETTINGS, async (changes) => {
    await changeSettings(world.pool, changes);
    if (changes.events === "send") {
      await world.pool.query("update stripe_stand_in.job set held = false where held");
      world.wake();
    }
    return (await readSettings(world.pool)).settings;
  });
  door("post", "/complete-checkout/:id", CARD, ({ card }, id) => inTurn((call) => complete(call, id, card)));
  door("post", "/onboard/:id", ONBOARD, ({ bank, restricted }, id) =>
    inTurn((call) => finishOnboarding(call, id, { bankNumber: bank, restricted })),
  );
  door("post", "/restrict/:id", NOTHING, (_input, id) => inTurn((call) => restrictAccount(call, id)));
  door("post", "/chargeback/:id", CHARGEBACK, ({ amount, reason }, id) =>
    inTurn((call) => openDispute(call, id, amount, reason)),
  );
  door("post", "/disputes/:id/close", z.strictObject({ won: z.boolean() }), ({ won }, id) =>
    inTurn((call) => closeDispute(call, id, won)),
  );
  door("post", "/refunds/:id/fail", NOTHING, (_input, id) => inTurn((call) => failRefund(call, id)));
  door("post", "/payouts/:id/pay", NOTHING, (_input, id) => inTurn((call) => settlePayout(call, id, "paid")));
  door("post", "/payouts/:id/fail", z.strictObject({ code: z.string().default("could_not_process") }), ({ code }, id) =>
    inTurn((call) => settlePayout(call, id, { failed: code })),
  );
  door("post", "/funds/release", NOTHING, () => inTurn(releaseFunds));
  door("post", "/funds/add", z.strictObject({ amount: z.int().min(1).max(99_999_999) }), ({ amount }) =>
    inTurn((call) => moveMoney(call, { account: PLATFORM, amount, type: "topup", source: stripeId("tu") })),
  );
  door("get", "/deliveries", NOTHING, () => waitingEvents(world));
  door("post", "/deliver", DELIVER, async ({ ids, about, order, copies }) => {
    const chosen = ids ?? (await waitingEvents(world, about));
    const ordered = order === "newest" ? chosen.toReversed() : chosen;
    return deliverInOrder(
      world,
      ordered.flatMap((id) => Array<string>(copies).fill(id)),
    );
  });
}

async function complete(call: Call, id: string, number: string) {
  const read = readCard({ number, expiry: "12 / 34", cvc: "123", name: "Test Payer" }, call.now);
  if ("field" in read) throw badParameter(read.message, "card");
  const session = await openSession(call, id);
  if (session.status !== "open") throw refused(`This Checkout Session is ${session.status}.`);
  return paySession(call, session, read.card, read.input);
}

async function answer<S extends z.ZodType>(
  world: World,
  c: Context,
  body: S,
  run: (input: z.infer<S>, id: string) => Promise<unknown>,
): Promise<Response> {
  try {
    checkKey(c.req.header("authorization"), world.secretKey);
    const text = await c.req.text();
    const input = body.safeParse(text === "" ? {} : JSON.parse(text));
    if (!input.success) throw badParameter(z.prettifyError(input.error), "body");
    return c.json((await run(input.data, c.req.param("id") ?? "")) ?? {});
  } catch (error) {
    if (error instanceof SyntaxError) return c.json({ error: { message: "The body is not JSON." } }, 400);
    if (!(error instanceof StripeAnswer)) throw error;
    return Response.json({ error: error.body }, { status: error.status });
  }
}
