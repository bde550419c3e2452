import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Listed, ListFilter } from "#server/ports/payments.ts";
import { key, onboardedSeller, paidCustomer, type Scene, startScene } from "./support.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await startScene();
});

afterAll(() => scene?.stop());

async function idsOf(kind: keyof Listed, filter: Partial<ListFilter> = {}): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of scene.payments.list(kind, { since: "2020-01-01T00:00:00Z", ...filter })) ids.push(item.id);
  return ids;
}

describe("what reconciliation lists", () => {
  it("holds every object of every kind, each as the single read shows it", async () => {
    const { checkoutId, paymentId } = await paidCustomer(scene, 5000);
    const other = await paidCustomer(scene, 1000);
    const refund = await scene.payments.refund({ paymentId, amountCents: 100, metadata: { mark: "r" } }, key());
    const dispute = await scene.control<{ id: string }>(`/chargeback/${other.paymentId}`);
    const accountId = await onboardedSeller(scene);
    const transfer = await scene.payments.createTransfer(
      { accountId, amountCents: 900, transferGroup: "g", metadata: { mark: "t" } },
      key(),
    );
    const payout = await scene.payments.createPayout({ accountId, amountCents: 900, metadata: { mark: "p" } }, key());

    expect(await idsOf("checkout")).toEqual([other.checkoutId, checkoutId]);
    expect(await idsOf("payment")).toEqual([other.paymentId, paymentId]);
    expect(await idsOf("refund", { metadata: { mark: "r" } })).toEqual([refund.id]);
    expect(await idsOf("refund", { metadata: { mark: "s" } })).toEqual([]);
    expect(await idsOf("dispute")).toEqual([dispute.id]);
    expect(await idsOf("transfer", { metadata: { mark: "t" } })).toEqual([transfer.id]);
    expect(await idsOf("payout", { accountId, metadata: { mark: "p" } })).toEqual([payout.id]);
    expect(await idsOf("account")).toEqual([accountId]);

    for await (const payment of scene.payments.list("payment", { since: "2020-01-01T00:00:00Z" })) {
      expect(payment).toEqual(await scene.payments.getPayment(payment.id));
    }
  });

  it("holds nothing from after the city last looked, to the second", async () => {
    expect(await idsOf("payment", { since: new Date(Date.now() + 2000).toISOString() })).toEqual([]);
  });

  it("wants the seller for payouts, which live on the seller's account", async () => {
    await expect(idsOf("payout")).rejects.toMatchObject({ kind: "invalid", reason: "account_missing" });
  });
});
