import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Payment } from "#server/ports/payments.ts";
import { key, onboardedSeller, paidCustomer, type Scene, startScene } from "./support.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});

afterAll(() => scene?.stop());

/** Every cent on an account has an entry that says where it came from. */
async function expectBalanced(accountId?: string): Promise<void> {
  const options = accountId ? { stripeAccount: accountId } : {};
  let sum = 0;
  for await (const entry of scene.stripe.balanceTransactions.list({ limit: 100 }, options)) sum += entry.net;
  const balance = await scene.payments.getBalance(accountId);
  expect(sum).toBe(balance.availableCents + balance.pendingCents);
}

describe("faults on demand", () => {
  it("happen as often as asked for, and can be called off", async () => {
    await scene.control("/faults", { kind: "charge_declined", code: "do_not_honor", times: 2 });
    await scene.control("/faults", { kind: "transfer_refused" });
    expect(await scene.control<unknown[]>("/faults", {}, "GET")).toHaveLength(2);
    const { customerId } = await paidCustomer(scene, 500);
    expect(await scene.control<unknown[]>("/faults", {}, "GET")).toMatchObject([{ times: 1 }, { times: 1 }]);
    expect(await scene.control("/faults", {}, "DELETE")).toEqual([]);
    expect(await scene.payments.getSavedCard(customerId)).toBeNull();
  });

  it("a declined charge moves nothing and leaves a failed payment with our metadata", async () => {
    const { customerId } = await paidCustomer(scene, 500);
    const balance = await scene.payments.getBalance();
    await scene.control("/faults", { kind: "charge_declined", code: "do_not_honor" });
    const charge = { customerId, amountCents: 800, description: "x", metadata: { topUpId: "declined-1" } };
    await expect(scene.payments.chargeSavedCard(charge, key())).rejects.toMatchObject({ reason: "do_not_honor" });
    expect(await scene.payments.getBalance()).toEqual(balance);
    const since = "2020-01-01T00:00:00Z";
    const found: Payment[] = [];
    for await (const payment of scene.payments.list("payment", { since, metadata: charge.metadata }))
      found.push(payment);
    expect(found).toMatchObject([{ status: "failed", receivedCents: 0, declineCode: "do_not_honor" }]);
  });

  it("a refused transfer moves nothing though the money is there", async () => {
    await paidCustomer(scene, 2000);
    const accountId = await onboardedSeller(scene);
    const balance = await scene.payments.getBalance();
    await scene.control("/faults", { kind: "transfer_refused" });
    const transfer = { accountId, amountCents: 500, transferGroup: "g", metadata: {} };
    await expect(scene.payments.createTransfer(transfer, key())).rejects.toMatchObject({
      kind: "insufficient_balance",
    });
    expect(await scene.payments.getBalance()).toEqual(balance);
    await scene.payments.createTransfer(transfer, key());
    await expectBalanced(accountId);
  });

  it("a failed payout returns the money, and the next one is paid", async () => {
    await paidCustomer(scene, 2000);
    const accountId = await onboardedSeller(scene);
    await scene.payments.createTransfer({ accountId, amountCents: 500, transferGroup: "g", metadata: {} }, key());
    await scene.control("/faults", { kind: "payout_failed" });
    const failed = await scene.payments.createPayout({ accountId, amountCents: 500, metadata: {} }, key());
    await scene.receiver.until("payout.failed", failed.id);
    expect(await scene.payments.getPayout(accountId, failed.id)).toMatchObject({ failureCode: "could_not_process" });
    const paid = await scene.payments.createPayout({ accountId, amountCents: 500, metadata: {} }, key());
    await scene.receiver.until("payout.paid", paid.id);
    await expectBalanced(accountId);
    expect(await scene.payments.getBalance(accountId)).toEqual({ availableCents: 0, pendingCents: 0 });
  });

  it("a restricted account keeps what it has and gets nothing more", async () => {
    await paidCustomer(scene, 2000);
    const accountId = await onboardedSeller(scene);
    await scene.payments.createTransfer({ accountId, amountCents: 500, transferGroup: "g", metadata: {} }, key());
    await scene.control(`/restrict/${accountId}`);
    const payout = scene.payments.createPayout({ accountId, amountCents: 500, metadata: {} }, key());
    await expect(payout).rejects.toMatchObject({ kind: "invalid", reason: "payouts_not_allowed", outcome: "refused" });
    expect(await scene.payments.getBalance(accountId)).toEqual({ availableCents: 500, pendingCents: 0 });
  });

  it("a card that the bank charges back by itself takes the balance below zero if it must", async () => {
    const alone = await startScene();
    try {
      const { paymentId } = await paidCustomer(alone, 3000);
      const accountId = await onboardedSeller(alone);
      await alone.payments.createTransfer({ accountId, amountCents: 3000, transferGroup: "g", metadata: {} }, key());
      await alone.control(`/chargeback/${paymentId}`);
      expect(await alone.payments.getBalance()).toEqual({ availableCents: -3000, pendingCents: 0 });
      const transfer = { accountId, amountCents: 1, transferGroup: "g", metadata: {} };
      await expect(alone.payments.createTransfer(transfer, key())).rejects.toMatchObject({
        kind: "insufficient_balance",
      });
    } finally {
      await alone.stop();
    }
  });

  it("after all of it the platform's entries still add up to its balance", async () => {
    const { paymentId } = await paidCustomer(scene, 2000, "4000000000000259");
    expect(await scene.payments.getPayment(paymentId)).toMatchObject({ disputed: true });
    await expectBalanced();
  });

  it("bad orders are refused with a reason", async () => {
    await expect(scene.control("/faults", { kind: "earthquake" })).rejects.toThrow(/400/);
    await expect(scene.control("/settings", { payouts: "never" }, "PUT")).rejects.toThrow(/400/);
    await expect(scene.control("/chargeback/pi_nothing")).rejects.toThrow(/404/);
    await expect(scene.control("/onboard/acct_nothing")).rejects.toThrow(/404/);
  });
});
