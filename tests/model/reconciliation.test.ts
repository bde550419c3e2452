import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { compareCash } from "#server/payments/compare-cash.ts";
import { reconcileLateOutcomes, reconcilePayments } from "#server/payments/reconcile.ts";
import type { Listed, ListFilter } from "#server/ports/payments.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { DAY, MINUTE } from "#tests/support/durations.ts";
import { chargedTask, type MoneyCity, type Seller, startMoneyCity } from "./support/money-city.ts";
import { makeScene, walletOf, withdrawAll } from "./support/scene.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
  expect(await compareCash(city.ctx())).toMatchObject({ ok: true, difference: 0 });
});

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

/** Makes an object of the card company's look as old as this. */
async function age(id: string, days: number): Promise<void> {
  await city.database.pool.query(
    `update stripe_stand_in.object set created = created - $2::int * 86400,
       data = jsonb_set(data, '{created}', to_jsonb((data->>'created')::bigint - $2::int * 86400)) where id = $1`,
    [id, days],
  );
}

test("a payout that a bank sends back days after it was paid is in the wallet again after the night, without its webhook", async () => {
  const seller = await earner();
  const id = await withdrawAll(city, seller);
  const { payoutId } = await withdrawalOf(id);
  await city.stripe("POST", `/payouts/${payoutId}/fail`, {});
  await age(payoutId ?? "", 6);
  await reconcile();
  expect(await withdrawalOf(id)).toMatchObject({ status: "paid" });
  await reconcileLateOutcomes(city.ctx());
  expect(await withdrawalOf(id)).toMatchObject({ status: "failed" });
  expect(await walletOf(seller)).toMatchObject({ available: 850 });
});

test("a dispute won after two months gives the money again after the night, without its webhook", async () => {
  const owner = await city.owner("Buyer");
  const { paymentId } = await city.topUp(owner, 1_000);
  const dispute = await city.stripe<{ id: string }>("POST", `/chargeback/${paymentId}`, {});
  expect(await compareCash(city.ctx())).toMatchObject({ ok: true, unbooked: 1_000, overdue: 0 });
  await age(dispute.id, 60);
  // Nobody has heard of the chargeback after two months: it is not in flight any more, it is lost.
  expect(await compareCash(city.ctx())).toMatchObject({ ok: false, difference: 0, overdue: 1_000 });
  await reconcileLateOutcomes(city.ctx());
  expect(await city.pool(owner)).toMatchObject({ balance: 0 });
  await city.stripe("POST", `/disputes/${dispute.id}/close`, { won: true });
  await reconcile();
  expect(await compareCash(city.ctx())).toMatchObject({ ok: false, difference: 0, overdue: 1_000 });
  await reconcileLateOutcomes(city.ctx());
  expect(await city.pool(owner)).toMatchObject({ balance: 1_000 });
});

test("money that moves while Stripe's lists are read is in flight, and no difference", async () => {
  const owner = await city.owner("Buyer");
  const ctx = city.ctx();
  const { payments } = ctx.ports;
  async function* list<K extends keyof Listed>(kind: K, filter: ListFilter) {
    yield* payments.list(kind, filter);
    if (kind === "payment") await city.topUp(owner, 1_000);
  }
  const moving = { ...ctx, ports: { ...ctx.ports, payments: { ...payments, list } } };
  expect(await compareCash(moving)).toMatchObject({ ok: true, difference: 0 });
  expect(await city.pool(owner)).toMatchObject({ balance: 1_000 });
});

test("a payment that nobody has heard of for days is named, and booked by night", async () => {
  const owner = await city.owner("Buyer");
  const { paymentId } = await paidUnheard(owner, 700);
  await age(paymentId, 6);
  await reconcile();
  expect(await compareCash(city.ctx())).toMatchObject({ ok: false, arriving: 700, overdue: 700, difference: 0 });
  await reconcileLateOutcomes(city.ctx());
  expect(await city.pool(owner)).toMatchObject({ balance: 700 });
});

test("what went to a seller for a withdrawal that failed is taken back in the night, however long ago it was", async () => {
  const seller = await earner();
  const id = await withdrawAll(city, seller, "leave");
  await city.stripe("POST", `/payouts/${(await withdrawalOf(id)).payoutId}/fail`, {});
  await city.deliver();
  const { payments } = city.ctx().ports;
  const { stripeAccountId: accountId } = await accountOf(seller);
  const metadata = { withdrawalId: id };
  const order = { accountId, amountCents: 850, metadata, transferGroup: "apart" };
  const { id: transferId } = await payments.createTransfer(order, `stranded:${id}`);
  await age(transferId, 6);
  expect(await compareCash(city.ctx())).toMatchObject({ ok: false, overdue: 850, difference: 0 });
  const { repaired } = await reconcileLateOutcomes(city.ctx());
  expect(repaired).toContain(`withdrawal ${id} has failed: ${transferId} was taken back`);
  expect(await payments.getTransfer(transferId)).toMatchObject({ reversedCents: 850 });
  expect(await compareCash(city.ctx())).toMatchObject({ overdue: 0, difference: 0 });
});

test("refunds and disputes of payments that are none of the city's are not called overdue", async () => {
  const { payments } = city.ctx().ports;
  const { id: customerId } = await payments.createCustomer({ email: "other@example.com", metadata: {} }, "other");
  const pay = async (what: string) => {
    const urls = { successUrl: "https://shop.example/yes", cancelUrl: "https://shop.example/no" };
    const order = { customerId, amountCents: 900, description: what, ...urls, metadata: {} };
    const { id } = await payments.createCheckout(order, `other:${what}`);
    const paid = await city.stripe<{ session: { payment_intent: string } }>("POST", `/complete-checkout/${id}`, {});
    return paid.session.payment_intent;
  };
  const refund = await payments.refund({ paymentId: await pay("a"), amountCents: 900, metadata: {} }, "other:refund");
  const dispute = await city.stripe<{ id: string }>("POST", `/chargeback/${await pay("b")}`, {});
  for (const { id } of [refund, dispute]) await age(id, 6);
  expect(await compareCash(city.ctx())).toMatchObject({ ok: true, overdue: 0, unbooked: 0 });
});

test("money out of a pool that has not left for its card after days is no longer called in flight", async () => {
  const owner = await city.owner("Buyer");
  await city.topUp(owner, 1_000);
  await city.stripe("POST", "/faults", { kind: "error_503", path: "/v1/refunds", times: 1_000 });
  await city.call("POST", "/vault/return", { token: owner.token, body: { amount: 1_000 } });
  await city.idle();
  expect(await compareCash(city.ctx())).toMatchObject({ ok: true, returning: 1_000 });
  await city.advance(5 * DAY);
  expect(await compareCash(city.ctx())).toMatchObject({ ok: false, difference: 0, overdue: 1_000 });
  await city.stripe("DELETE", "/faults", {});
  await reconcile();
});

test("a payout that comes back and whose transfer cannot be taken back stays before the operators' eyes until it can", async () => {
  const seller = await earner();
  const id = await withdrawAll(city, seller);
  const { payoutId } = await withdrawalOf(id);
  await city.stripe("POST", `/payouts/${payoutId}/fail`, {});
  // What the bank sent back has left the seller's account another way.
  const { payments } = city.ctx().ports;
  const { stripeAccountId: accountId } = await accountOf(seller);
  await payments.createPayout({ accountId, amountCents: 850, metadata: {} }, `gone:${accountId}`);
  const { unresolved } = await reconcile();
  expect(unresolved).toEqual([expect.stringContaining(`${payoutId}, failed`)]);
  const operator = await city.owner("Operator");
  await city.database.prisma.owner.update({ where: { id: operator.id }, data: { role: "operator" } });
  const listed = await (await dashboardOf(city, operator)).operators.listPayouts.query();
  expect(listed.find((row) => row.id === id)).toMatchObject({
    status: "paid",
    failure: expect.stringContaining("back"),
  });
  expect(await walletOf(seller)).toMatchObject({ available: 0 });

  const order = { accountId, amountCents: 850, metadata: {}, transferGroup: "apart" };
  await payments.createTransfer(order, `again:${accountId}`);
  expect(await reconcile()).toMatchObject({ unresolved: [] });
  expect(await withdrawalOf(id)).toMatchObject({ status: "failed" });
  expect(await walletOf(seller)).toMatchObject({ available: 850 });
});

const accountOf = (seller: Seller) =>
  city.database.prisma.connectAccount.findUniqueOrThrow({ where: { ownerId: seller.owner.id } });

/** Sends money to a seller's account and from there to the bank, past the city's books. */
async function payOutApart(seller: Seller, amountCents: number, metadata: Record<string, string> = {}) {
  const { payments } = city.ctx().ports;
  const { stripeAccountId: accountId } = await accountOf(seller);
  const order = { accountId, amountCents, metadata: {}, transferGroup: "apart" };
  await payments.createTransfer(order, `apart:${accountId}`);
  const payout = await payments.createPayout({ accountId, amountCents, metadata }, `apart-payout:${accountId}`);
  return { accountId, payoutId: payout.id };
}
