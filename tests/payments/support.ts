import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import Stripe from "stripe";
import { inject } from "vitest";
import { type StripeStandInOptions, startStripeStandIn } from "#server/ports/payments/stand-in/start.ts";
import { createStripePayments } from "#server/ports/payments/stripe-payments.ts";
import type { PaymentEvent, PaymentsPort } from "#server/ports/payments.ts";
import { freshDatabase } from "#tests/support/fresh-database.ts";

export const SECRET_KEY = "sk_test_51StandInTests0000000000";
export const WEBHOOK_SECRET = "whsec_c3RhbmQtaW4tdGVzdHM";

const log = pino({ level: process.env.TEST_LOG ?? "silent" });

/** A database for a stand-in, which makes what it needs in it. For a scene that goes on where another one ended. */
export const emptyDatabase = () => freshDatabase(inject("postgres").url);

type Received = { event: PaymentEvent; body: string; header: string };

/** A webhook endpoint that verifies what it gets with the real package, and can be told to refuse. */
export async function startReceiver(verify: () => PaymentsPort) {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  let refusals = 0;
  let silent = false;
  const silenced = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const header = String(request.headers["stripe-signature"]);
    if (silent) {
      for (const notice of silenced) notice();
      return;
    }
    if (refusals > 0) {
      refusals -= 1;
      response.writeHead(500).end("no");
      return;
    }
    received.push({ event: verify().verifyEvent(body, header), body, header });
    response.writeHead(200).end("ok");
    for (const check of waiting) check();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    received,
    types: () => received.map(({ event }) => event.type),
    refuseNext: (times: number) => {
      refusals = times;
    },
    /** From now on nothing is answered; resolves when the first event waits for an answer. */
    fallSilent: () => {
      silent = true;
      return new Promise<void>((resolve) => silenced.add(resolve));
    },
    /** Resolves when `count` events of a type about one object have arrived; the test's own time limit ends it. */
    until: (type: string, objectId: string, count = 1): Promise<Received> =>
      new Promise((resolve) => {
        const check = () => {
          const hits = received.filter(({ event }) => event.type === type && event.objectId === objectId);
          const hit = hits[count - 1];
          if (!hit) return;
          waiting.delete(check);
          resolve(hit);
        };
        waiting.add(check);
        check();
      }),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export type Scene = Awaited<ReturnType<typeof startScene>>;

type Changes = Partial<Omit<StripeStandInOptions, "database">> & {
  /** Where its state lives, when that is to outlast the scene; otherwise a database of its own, gone with it. */
  state?: Awaited<ReturnType<typeof emptyDatabase>>;
};

/** A stand-in with its own state, the port that talks to it, a receiver for its events, and the control door. */
export async function startScene({ state, ...changes }: Changes = {}) {
  const database = state ?? (await emptyDatabase());
  let payments: PaymentsPort | undefined;
  const receiver = await startReceiver(() => {
    if (!payments) throw new Error("An event arrived before the scene was ready.");
    return payments;
  });
  const options: StripeStandInOptions = {
    production: false,
    database: { url: database.url },
    port: 0,
    webhookUrl: receiver.url,
    webhookSecret: WEBHOOK_SECRET,
    secretKey: SECRET_KEY,
    log,
    settings: { payoutDelayMs: 0 },
    retryDelaysMs: [20],
    ...changes,
  };
  // Before the start: a restarted stand-in may have events to send at once.
  const portFor = (apiUrl: string) =>
    createStripePayments({
      secretKey: SECRET_KEY,
      webhookSecrets: [WEBHOOK_SECRET],
      apiUrl,
      timeoutMs: 5000,
      retries: 1,
    });
  payments = portFor("http://127.0.0.1:1");
  const clear = async () => {
    await receiver.stop();
    if (!state) await database.drop();
  };
  const standIn = await startStripeStandIn(options).catch(async (error) => {
    await clear();
    throw error;
  });
  payments = portFor(standIn.url);
  const { hostname, port } = new URL(standIn.url);
  return {
    standIn,
    receiver,
    payments,
    /** The real package, bare, for what the port does not ask for. */
    stripe: new Stripe(SECRET_KEY, { host: hostname, port, protocol: "http", maxNetworkRetries: 0, telemetry: false }),
    control: async <T = Record<string, unknown>>(path: string, body: object = {}, method = "POST"): Promise<T> => {
      const response = await fetch(`${standIn.url}/stand-in${path}`, {
        method,
        headers: { authorization: `Bearer ${SECRET_KEY}` },
        ...(method === "GET" ? {} : { body: JSON.stringify(body) }),
      });
      const answer = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status} ${answer}`);
      return JSON.parse(answer) as T;
    },
    stop: async () => {
      await standIn.stop();
      await clear();
    },
  };
}

let keys = 0;
/** A key no other call has used. */
export function key(): string {
  keys += 1;
  return `test-key-${keys}`;
}

/** A customer who has paid once by Checkout, so that the platform has money and the customer a saved card. */
export async function paidCustomer(scene: Scene, amountCents: number, card = "4242424242424242") {
  const { id: customerId } = await scene.payments.createCustomer({ email: "buyer@example.com", metadata: {} }, key());
  const checkout = await openCheckout(scene, customerId, amountCents);
  await scene.control(`/complete-checkout/${checkout.id}`, { card });
  const paid = await scene.payments.getCheckout(checkout.id);
  return { customerId, checkoutId: checkout.id, paymentId: paid.paymentId ?? "" };
}

export function openCheckout(scene: Scene, customerId: string, amountCents: number, idempotencyKey = key()) {
  return scene.payments.createCheckout(
    {
      customerId,
      amountCents,
      description: "AI City credits",
      successUrl: "http://127.0.0.1:9/wallet?session={CHECKOUT_SESSION_ID}",
      cancelUrl: "http://127.0.0.1:9/wallet",
      metadata: { topUpId: `top-up-${customerId}` },
    },
    idempotencyKey,
  );
}

/** A seller whose onboarding is finished. */
export async function onboardedSeller(scene: Scene, bank = "000123456789") {
  const account = await scene.payments.createAccount(
    { email: "seller@example.com", metadata: { ownerId: "o1" } },
    key(),
  );
  await scene.control(`/onboard/${account.id}`, { bank });
  return account.id;
}
