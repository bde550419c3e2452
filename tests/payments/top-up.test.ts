import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPaymentError } from "#server/ports/payments/payment-error.ts";
import { key, openCheckout, paidCustomer, type Scene, startScene } from "./support.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});

afterAll(() => scene?.stop());

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => {
      throw new Error("The call was expected to fail.");
    },
    (error: unknown) => {
      if (!isPaymentError(error)) throw error;
      return error;
    },
  );

describe("topping up by Checkout", () => {
  it("ends with a paid session, money on the balance, a saved card and a verified event", async () => {
    const before = await scene.payments.getBalance();
    const { id: customerId } = await scene.payments.createCustomer({ email: "a@example.com", metadata: {} }, key());
    const checkout = await openCheckout(scene, customerId, 2500);
    expect(checkout).toMatchObject({ status: "open", paid: false, amountCents: 2500, paymentId: null });
    expect(checkout.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/c\/pay\/cs_test_/);

    await scene.control(`/complete-checkout/${checkout.id}`);
    const { event } = await scene.receiver.until("checkout.session.completed", checkout.id);
    expect(event).toMatchObject({ accountId: null, live: false });

    const paid = await scene.payments.getCheckout(checkout.id);
    expect(paid).toMatchObject({ status: "complete", paid: true, url: null, metadata: checkout.metadata });
    expect(await scene.payments.getPayment(paid.paymentId ?? "")).toMatchObject({
      status: "succeeded",
      receivedCents: 2500,
      refundedCents: 0,
      feeCents: 0,
      customerId,
      metadata: checkout.metadata,
    });
    expect(await scene.payments.getSavedCard(customerId)).toMatchObject({ brand: "visa", last4: "4242" });
    expect((await scene.payments.getBalance()).availableCents).toBe(before.availableCents + 2500);
  });

  it("leaves a declined session open for another card", async () => {
    const { id: customerId } = await scene.payments.createCustomer({ email: "b@example.com", metadata: {} }, key());
    const checkout = await openCheckout(scene, customerId, 1200);
    const refused = await scene.control<{ failure: { decline_code: string } }>(`/complete-checkout/${checkout.id}`, {
      card: "4000000000009995",
    });
    expect(refused.failure.decline_code).toBe("insufficient_funds");
    const open = await scene.payments.getCheckout(checkout.id);
    expect(open).toMatchObject({ status: "open", paid: false });
    expect(await scene.payments.getPayment(open.paymentId ?? "")).toMatchObject({
      status: "failed",
      receivedCents: 0,
      declineCode: "insufficient_funds",
    });
    expect(await scene.payments.getSavedCard(customerId)).toBeNull();

    await scene.control(`/complete-checkout/${checkout.id}`);
    expect(await scene.payments.getCheckout(checkout.id)).toMatchObject({ paid: true, paymentId: open.paymentId });
  });

  it("is paid once however often it is completed", async () => {
    const { checkoutId } = await paidCustomer(scene, 900);
    const balance = await scene.payments.getBalance();
    await expect(scene.control(`/complete-checkout/${checkoutId}`)).rejects.toThrow(/complete/);
    expect(await scene.payments.getBalance()).toEqual(balance);
  });
});

describe("charging the saved card", () => {
  it("takes the money without the customer", async () => {
    const { customerId } = await paidCustomer(scene, 500);
    const card = await scene.payments.getSavedCard(customerId);
    const payment = await scene.payments.chargeSavedCard(
      { customerId, cardId: card?.id ?? "", amountCents: 3000, description: "Top-up", metadata: { topUpId: "t9" } },
      key(),
    );
    expect(payment).toMatchObject({ status: "succeeded", receivedCents: 3000, metadata: { topUpId: "t9" } });
    await scene.receiver.until("payment_intent.succeeded", payment.id);
  });

  it.each([
    ["4000000000000341", "generic_decline"],
    ["4000002760003184", "authentication_required"],
  ])("is declined with the bank's reason for card %s, and nothing is taken", async (number, reason) => {
    const { customerId } = await paidCustomer(scene, 500, number);
    const card = await scene.payments.getSavedCard(customerId);
    const balance = await scene.payments.getBalance();
    const charge = { customerId, cardId: card?.id ?? "", amountCents: 3000, description: "Top-up", metadata: {} };
    const error = await failureOf(scene.payments.chargeSavedCard(charge, key()));
    expect(error).toMatchObject({
      kind: "declined",
      reason,
      outcome: "refused",
      code: "PAYMENT_DECLINED",
      status: 402,
    });
    expect(await scene.payments.getBalance()).toEqual(balance);
  });

  it("takes the newest card unless one is named, and says so when there is none", async () => {
    const { customerId } = await paidCustomer(scene, 500, "4000000000000341");
    const newer = await openCheckout(scene, customerId, 600);
    await scene.control(`/complete-checkout/${newer.id}`, { card: "5555555555554444" });
    const charge = { customerId, amountCents: 800, description: "Top-up", metadata: {} };
    expect(await scene.payments.chargeSavedCard(charge, key())).toMatchObject({ status: "succeeded" });
    const { id } = await scene.payments.createCustomer({ email: "n@example.com", metadata: {} }, key());
    const none = scene.payments.chargeSavedCard({ ...charge, customerId: id }, key());
    expect(await failureOf(none)).toMatchObject({ kind: "declined", reason: "no_saved_card" });
  });

  it("cannot use another customer's card", async () => {
    const one = await paidCustomer(scene, 500);
    const other = await paidCustomer(scene, 500);
    const card = await scene.payments.getSavedCard(one.customerId);
    const charge = {
      customerId: other.customerId,
      cardId: card?.id ?? "",
      amountCents: 900,
      description: "x",
      metadata: {},
    };
    expect(await failureOf(scene.payments.chargeSavedCard(charge, key()))).toMatchObject({ kind: "invalid" });
  });
});

describe("refunds and chargebacks", () => {
  it("refunds in parts and never more than was paid", async () => {
    const { paymentId } = await paidCustomer(scene, 2000);
    const first = await scene.payments.refund({ paymentId, amountCents: 1500, metadata: { refundId: "r1" } }, key());
    expect(first).toMatchObject({ status: "succeeded", amountCents: 1500, paymentId, metadata: { refundId: "r1" } });
    const tooMuch = scene.payments.refund({ paymentId, amountCents: 501, metadata: {} }, key());
    expect(await failureOf(tooMuch)).toMatchObject({ kind: "invalid", outcome: "refused" });
    await scene.payments.refund({ paymentId, amountCents: 500, metadata: {} }, key());
    expect(await scene.payments.getPayment(paymentId)).toMatchObject({ refundedCents: 2000 });
    const again = scene.payments.refund({ paymentId, amountCents: 1, metadata: {} }, key());
    expect(await failureOf(again)).toMatchObject({ kind: "invalid", reason: "charge_already_refunded" });
    await scene.receiver.until("refund.created", first.id);
  });

  it("gives the money back to the platform when the bank returns a refund", async () => {
    const { paymentId } = await paidCustomer(scene, 2000);
    const balance = await scene.payments.getBalance();
    const refund = await scene.payments.refund({ paymentId, amountCents: 2000, metadata: {} }, key());
    await scene.control(`/refunds/${refund.id}/fail`);
    await scene.receiver.until("refund.failed", refund.id);
    expect(await scene.payments.getRefund(refund.id)).toMatchObject({ status: "failed" });
    expect(await scene.payments.getBalance()).toEqual(balance);
  });

  it("takes a charged-back payment from the balance, blocks its refund, and returns it when won", async () => {
    const { paymentId } = await paidCustomer(scene, 2000);
    const balance = await scene.payments.getBalance();
    const { id } = await scene.control<{ id: string }>(`/chargeback/${paymentId}`);
    await scene.receiver.until("charge.dispute.created", id);
    expect(await scene.payments.getDispute(id)).toMatchObject({ status: "open", amountCents: 2000, paymentId });
    expect((await scene.payments.getBalance()).availableCents).toBe(balance.availableCents - 2000);
    const refund = scene.payments.refund({ paymentId, amountCents: 2000, metadata: {} }, key());
    expect(await failureOf(refund)).toMatchObject({ kind: "invalid", reason: "charge_disputed" });

    await scene.control(`/disputes/${id}/close`, { won: true });
    await scene.receiver.until("charge.dispute.closed", id);
    expect(await scene.payments.getDispute(id)).toMatchObject({ status: "won" });
    expect(await scene.payments.getBalance()).toEqual(balance);
  });
});
