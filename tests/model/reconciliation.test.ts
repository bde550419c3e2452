import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { compareCash } from "#server/payments/compare-cash.ts";
import { reconcilePayments } from "#server/payments/reconcile.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { chargedTask, type MoneyCity, type Seller, startMoneyCity } from "./support/money-city.ts";
import { makeScene, withdrawAll } from "./support/scene.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
  expect(await compareCash(city.ctx())).toMatchObject({ ok: true, difference: 0 });
});

const MINUTE = 60_000;
const reconcile = () => reconcilePayments(city.ctx(), { settlingMinutes: 0 });
const withdrawalOf = (id: string) => city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });

/** A payment page that was paid, and whose webhook has not come. */
async function paidUnheard(owner: TestOwner, amount: number) {
  const { checkoutUrl } = await owner.client.vault.topUp({ amount });
  const row = await city.database.prisma.topUp.findFirstOrThrow({ where: { checkoutUrl: checkoutUrl ?? "" } });
  const paid = await city.stripe<{ session: { payment_intent: string } }>(
    "POST",
    `/complete-checkout/${row.checkoutId}`,
    {},
  );
  return { topUpId: row.id, paymentId: paid.session.payment_intent };
}

/** A seller with 850 cents to withdraw. */
async function earner(): Promise<Seller> {
  const { buyer, seller } = await makeScene(city);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  return seller;
}

test("what cannot be matched is named and stops nothing else", async () => {
  const owner = await city.owner("Buyer");
  const good = await paidUnheard(owner, 700);
  // The newest is looked at first: booking it fails, because another row has its payment.
  const bad = await paidUnheard(owner, 900);
  const other = await city.database.prisma.topUp.create({
    data: {
      ...{ id: "in-the-way", ownerId: owner.id, amount: 900, kind: "checkout", status: "failed" },
      ...{ paymentIntentId: bad.paymentId, createdAt: new Date() },
    },
  });
  const report = await reconcile();
  expect(report.unresolved).toContainEqual(expect.stringContaining(bad.paymentId));
  expect(report.repaired).toContain(`top-up ${good.topUpId} was paid by ${good.paymentId}`);
  expect(await city.pool(owner)).toMatchObject({ balance: 700 });
  await city.database.prisma.topUp.delete({ where: { id: other.id } });
  expect(await reconcile()).toMatchObject({ unresolved: [] });
  expect(await city.pool(owner)).toMatchObject({ balance: 1_600 });
});

test("a withdrawal that failed and whose payout the bank has paid all the same is reported, not called repaired", async () => {
  const seller = await earner();
  const id = await withdrawAll(city, seller, "leave");
  await city.stripe("POST", `/payouts/${(await withdrawalOf(id)).payoutId}/fail`, {});
  await city.deliver();
  expect(await withdrawalOf(id)).toMatchObject({ status: "failed" });
  // Money of the seller's account that is none of ours goes out in the withdrawal's name.
  const { payoutId } = await payOutApart(seller, 850, { withdrawalId: id });
  await city.stripe("POST", `/payouts/${payoutId}/pay`, {});
  const { repaired, unresolved } = await reconcile();
  expect(repaired.filter((line) => line.includes(id))).toEqual([]);
  expect(unresolved).toEqual([expect.stringContaining(`${payoutId}, paid`)]);
});

/** Sends money to a seller's account and from there to the bank, past the city's books. */
async function payOutApart(seller: Seller, amountCents: number, metadata: Record<string, string> = {}) {
  const { payments } = city.ctx().ports;
  const { stripeAccountId: accountId } = await city.database.prisma.connectAccount.findUniqueOrThrow({
    where: { ownerId: seller.owner.id },
  });
  const order = { accountId, amountCents, metadata: {}, transferGroup: "apart" };
  await payments.createTransfer(order, `apart:${accountId}`);
  const payout = await payments.createPayout({ accountId, amountCents, metadata }, `apart-payout:${accountId}`);
  return { accountId, payoutId: payout.id };
}
