import { describe, expect, it, onTestFinished } from "vitest";
import { signatureHeader } from "#server/ports/payments/stand-in/delivery.ts";
import {
  emptyDatabase,
  key,
  onboardedSeller,
  openCheckout,
  paidCustomer,
  startScene,
  WEBHOOK_SECRET,
} from "./support.ts";

async function withScene(
  work: (scene: Awaited<ReturnType<typeof startScene>>) => Promise<void>,
  changes: Parameters<typeof startScene>[0] = {},
) {
  const scene = await startScene(changes);
  try {
    await work(scene);
  } finally {
    await scene.stop();
  }
}

const customer = (scene: Awaited<ReturnType<typeof startScene>>) =>
  scene.payments.createCustomer({ email: "e@example.com", metadata: {} }, key());

describe("signed events", () => {
  it("are refused when the body, the secret or the time is not right", () =>
    withScene(async (scene) => {
      const { id } = await customer(scene);
      const { body, header } = await scene.receiver.until("customer.created", id);
      const refused = { kind: "invalid", reason: "signature" };
      const verify = (text: string, signature: string) => () => scene.payments.verifyEvent(text, signature);
      expect(verify(body, header)()).toMatchObject({ type: "customer.created", objectId: id });
      expect(verify(body.replace("e@example.com", "f@example.com"), header)).toThrow(expect.objectContaining(refused));
      expect(verify(body, signatureHeader(body, "whsec_wrong"))).toThrow(expect.objectContaining(refused));
      const old = signatureHeader(body, WEBHOOK_SECRET, Date.now() - 301_000);
      expect(verify(body, old)).toThrow(expect.objectContaining(refused));
      expect(verify(body, "")).toThrow(expect.objectContaining(refused));
      const notJson = "not json";
      expect(verify(notJson, signatureHeader(notJson, WEBHOOK_SECRET))).toThrow(
        expect.objectContaining({ kind: "invalid", reason: "body" }),
      );
    }));

  it("come again until they are accepted", () =>
    withScene(async (scene) => {
      scene.receiver.refuseNext(3);
      const { id } = await customer(scene);
      await scene.receiver.until("customer.created", id);
      expect(scene.receiver.received.filter(({ event }) => event.objectId === id)).toHaveLength(1);
    }));

  it("come twice on demand, with the same id", () =>
    withScene(async (scene) => {
      await scene.control("/faults", { kind: "event_duplicate", type: "customer.created", copies: 2 });
      const { id } = await customer(scene);
      const second = await scene.receiver.until("customer.created", id, 2);
      const [first] = scene.receiver.received.filter(({ event }) => event.objectId === id);
      expect(second.event.id).toBe(first?.event.id);
    }));

  it("come in the order that is asked for", () =>
    withScene(
      async (scene) => {
        const { id } = await customer(scene);
        const checkout = await openCheckout(scene, id, 1500);
        await scene.control(`/complete-checkout/${checkout.id}`);
        expect(scene.receiver.received).toEqual([]);
        await scene.control("/deliver", { order: "newest" });
        expect(scene.receiver.types()).toEqual([
          "checkout.session.completed",
          "payment_method.attached",
          "payment_intent.succeeded",
          "charge.succeeded",
          "payment_intent.created",
          "customer.created",
        ]);
        expect(await scene.control("/deliveries", {}, "GET")).toEqual([]);
      },
      { settings: { events: "hold", payoutDelayMs: 0 } },
    ));

  it("come before the API's answer on demand", () =>
    withScene(async (scene) => {
      await scene.control("/faults", { kind: "event_before_answer", path: "/v1/customers" });
      const order: string[] = [];
      const answered = customer(scene).then(({ id }) => {
        order.push("answer");
        return id;
      });
      const id = await answered;
      // The answer names the object; its event had been accepted by then.
      expect(scene.receiver.received.map(({ event }) => event.objectId)).toEqual([id]);
      expect(order).toEqual(["answer"]);
    }));

  it("are kept to be listed and read again", () =>
    withScene(async (scene) => {
      const { id } = await customer(scene);
      const { event } = await scene.receiver.until("customer.created", id);
      expect(await scene.stripe.events.retrieve(event.id)).toMatchObject({ id: event.id, data: { object: { id } } });
      const listed = await scene.stripe.events.list({ type: "customer.created" });
      expect(listed.data.map((item) => item.id)).toEqual([event.id]);
    }));
});

/** A database that several scenes of the test use, one after the other. */
async function keptState() {
  const state = await emptyDatabase();
  onTestFinished(() => state.drop());
  return state;
}

describe("after a restart", () => {
  it("state and keys are still there, and undelivered events arrive", async () => {
    const state = await keptState();
    const first = await startScene({ state, settings: { payouts: "manual" } });
    const { checkoutId } = await paidCustomer(first, 4000);
    const accountId = await onboardedSeller(first);
    const transfer = { accountId, amountCents: 1500, transferGroup: "g", metadata: {} };
    const made = await first.payments.createTransfer(transfer, "k-restart");
    const payout = await first.payments.createPayout({ accountId, amountCents: 1500, metadata: {} }, key());
    await first.receiver.until("payout.created", payout.id);
    // Nobody accepts this one before the stop.
    first.receiver.refuseNext(Number.POSITIVE_INFINITY);
    await first.control(`/payouts/${payout.id}/pay`);
    await first.stop();

    const second = await startScene({ state, settings: { payouts: "auto", payoutDelayMs: 0 } });
    try {
      await second.receiver.until("payout.paid", payout.id);
      expect(await second.payments.createTransfer(transfer, "k-restart")).toEqual(made);
      expect(await second.payments.getCheckout(checkoutId)).toMatchObject({ paid: true });
      expect(await second.payments.getBalance()).toEqual({ availableCents: 2500, pendingCents: 0 });
      expect(await second.payments.getPayout(accountId, payout.id)).toMatchObject({ status: "paid" });
    } finally {
      await second.stop();
    }
  });

  it("an event that was on its way when the process ended is sent again", async () => {
    const state = await keptState();
    const first = await startScene({ state });
    const waiting = first.receiver.fallSilent();
    const { id } = await customer(first);
    await waiting;
    await first.stop();
    const second = await startScene({ state });
    try {
      await second.receiver.until("customer.created", id);
    } finally {
      await second.stop();
    }
  });
});
