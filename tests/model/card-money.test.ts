import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TopUpReturn } from "#server/payments/card-returns.ts";
import { compareCash } from "#server/payments/compare-cash.ts";
import { reconcileInTurn, reconcilePayments } from "#server/payments/reconcile.ts";
import { sendReturn } from "#server/payments/send-return.ts";
import type { PaymentsPort, Refund } from "#server/ports/payments.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { DAY, HOUR } from "#tests/support/durations.ts";
import { type MoneyCity, startMoneyCity } from "./support/money-city.ts";
import { refundsOf } from "./support/scene.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity({ settings: { money: { openCheckouts: 2 } } });
  // What cards pay is not in the city's balance at once, as in life.
  await city.stripe("PUT", "/settings", { funds: "pending" });
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
  expect(await compareCash(city.ctx())).toMatchObject({ ok: true, difference: 0 });
});

const reconcile = () => reconcilePayments(city.ctx(), { settlingMinutes: 0 });

/** An owner who has just sent a top-up back to its card. */
async function sender(amount: number) {
  const owner = await city.owner("Sender");
  const { paymentId } = await city.topUp(owner, amount);
  await city.call("POST", "/vault/return", { token: owner.token, body: { amount } });
  await city.idle();
  const { rows } = await city.database.pool.query<TopUpReturn>(
    'select key, top_up_id as "topUpId", amount from payments.card_return where owner_id = $1',
    [owner.id],
  );
  const [asked = { key: "", topUpId: "", amount: 0 }] = rows;
  return { owner, paymentId, asked, send: () => sendReturn(city.ctx(), asked) };
}

const balanceOf = async (owner: TestOwner) => (await city.pool(owner)).balance;

/** Charges the saved card under an Idempotency-Key. */
const chargeCard = (owner: TestOwner, key: string, amount: number) =>
  city.call("POST", "/vault/top-up", {
    token: owner.token,
    body: { amount, useSavedCard: true },
    headers: { "idempotency-key": key },
  });

test("money sent back while the city's balance at Stripe is short waits outside the pool, and reaches its card once", async () => {
  const { owner, asked, send } = await sender(1_000);
  expect(await balanceOf(owner)).toBe(0);
  expect(await send()).toEqual({ status: "waiting" });
  expect(await reconcile()).toMatchObject({ repaired: [], unresolved: [] });
  await city.stripe("POST", "/funds/release", {});
  expect((await reconcile()).repaired).toEqual([expect.stringContaining("succeeded")]);
  expect(await send()).toEqual({ status: "ended" });
  expect(await refundsOf(city, asked.topUpId)).toHaveLength(1);
  expect(await balanceOf(owner)).toBe(0);
});

test("a return that was refused for good is in the pool, and no repeated step sends it to the card as well", async () => {
  await city.stripe("POST", "/faults", { kind: "refused_unread", path: "/v1/refunds", status: 400 });
  const { owner, asked, send } = await sender(1_000);
  await city.stripe("POST", "/funds/release", {});
  expect(await balanceOf(owner)).toBe(1_000);
  expect(await send()).toEqual({ status: "ended" });
  expect(await refundsOf(city, asked.topUpId)).toEqual([]);
});

/** While this work runs, the card company answers and lists so slowly that a bank's refusal is booked meanwhile. */
async function overtaken<T>(work: () => Promise<T>): Promise<T> {
  const { ports } = city.ctx();
  const { payments } = ports;
  const fail = async (refundId: string) => {
    await city.stripe("POST", `/refunds/${refundId}/fail`, {});
    await city.deliverAbout(refundId);
  };
  const slow: Partial<PaymentsPort> = {
    async refund(order, key) {
      const made = await payments.refund(order, key);
      await fail(made.id);
      return made;
    },
    async *list(kind, filter) {
      for await (const item of payments.list(kind, filter)) {
        if (kind === "refund" && (item as Refund).status === "succeeded") await fail(item.id);
        yield item;
      }
    },
  };
  ports.payments = { ...payments, ...slow };
  return work().finally(() => {
    ports.payments = payments;
  });
}

test("a return that its bank refuses before its own answer is booked is in the pool, and stays there", async () => {
  await city.stripe("POST", "/funds/add", { amount: 10_000 });
  const { owner, asked } = await overtaken(() => sender(1_000));
  expect(await refundsOf(city, asked.topUpId)).toMatchObject([{ status: "failed" }]);
  expect(await balanceOf(owner)).toBe(1_000);
});

test("and so is money back that reconciliation has listed before its bank refused it, whoever asked for it", async () => {
  await city.stripe("POST", "/funds/add", { amount: 10_000 });
  const { owner, asked } = await sender(1_000);
  const other = await city.owner("Refunded by hand");
  const { topUpId, paymentId } = await city.topUp(other, 700);
  await city.ctx().ports.payments.refund({ paymentId, amountCents: 700, metadata: {} }, `by-hand:${other.id}`);
  await overtaken(reconcile);
  expect(await refundsOf(city, asked.topUpId)).toMatchObject([{ status: "failed" }]);
  expect([await balanceOf(owner), await balanceOf(other)]).toEqual([1_000, 700]);
  expect(await city.database.prisma.topUp.findUnique({ where: { id: topUpId } })).toMatchObject({ returnedCents: 0 });
});

test("a refund that was made though its return was refused leaves the pool again, once, and comes back if it fails", async () => {
  await city.stripe("POST", "/faults", { kind: "refused_unread", path: "/v1/refunds", status: 400 });
  const { owner, paymentId, asked } = await sender(1_000);
  await city.stripe("POST", "/funds/release", {});
  const metadata = { topUpId: asked.topUpId, returnKey: asked.key };
  const { payments } = city.ctx().ports;
  const { id } = await payments.refund({ paymentId, amountCents: 1_000, metadata }, `late:${asked.key}`);
  expect(await compareCash(city.ctx())).toMatchObject({ ok: true, unbooked: 1_000 });
  for (let round = 0; round < 2; round++) {
    await reconcile();
    expect(await balanceOf(owner)).toBe(0);
  }
  await city.stripe("POST", `/refunds/${id}/fail`, {});
  await city.deliver({ copies: 2 });
  expect(await balanceOf(owner)).toBe(1_000);
});

test("a refund that fails gives nothing of a payment that its bank contests to returns, whose cards would be refused", async () => {
  await city.stripe("POST", "/funds/add", { amount: 10_000 });
  const owner = await city.owner("Contested");
  const { topUpId, paymentId } = await city.topUp(owner, 5_000);
  const order = { paymentId, amountCents: 1_000, metadata: {} };
  const { id } = await city.ctx().ports.payments.refund(order, `by-hand:${owner.id}`);
  await city.deliver();
  await city.stripe("POST", `/chargeback/${paymentId}`, {});
  await city.deliver();
  await city.stripe("POST", `/refunds/${id}/fail`, {});
  await city.deliver();
  expect(await balanceOf(owner)).toBe(1_000);
  expect(await city.database.prisma.topUp.findUnique({ where: { id: topUpId } })).toMatchObject({
    status: "charged_back",
    returnedCents: 4_000,
  });
  expect(await city.call("POST", "/vault/return", { token: owner.token, body: { amount: 1_000 } })).toMatchObject({
    status: 402,
  });
});

test("an owner has only so many payment pages open, and one that nobody pays on is closed when its day is over", async () => {
  const owner = await city.owner("Opens many");
  const open = () => city.call("POST", "/vault/top-up", { token: owner.token, body: { amount: 1_000 } });
  expect([(await open()).status, (await open()).status]).toEqual([200, 200]);
  expect(await open()).toMatchObject({ status: 409, body: { error: { code: "CONFLICT", details: { open: 2 } } } });
  await city.advance(26 * HOUR);
  await reconcile();
  const rows = await city.database.prisma.topUp.findMany({ where: { ownerId: owner.id } });
  expect(rows.map(({ status }) => status)).toEqual(["expired", "expired"]);
  expect((await open()).status).toBe(200);
});

test("of two rounds of reconciliation at a time one is made", async () => {
  const rounds = await Promise.all([reconcileInTurn(city.ctx()), reconcileInTurn(city.ctx())]);
  expect(rounds.filter((report) => report === null)).toHaveLength(1);
  expect(await reconcileInTurn(city.ctx())).toMatchObject({ unresolved: [] });
});

test("a saved card whose charge got no answer is charged once, though the client asks again under its key", async () => {
  const owner = await city.owner("Asks twice");
  await city.topUp(owner, 1_000);
  // As often as the card company's own library tries; then the city has no answer either.
  await city.stripe("POST", "/faults", { kind: "timeout_after_success", path: "/v1/payment_intents", times: 3 });
  expect((await chargeCard(owner, "top-up-1", 2_000)).status).toBe(503);
  expect(await chargeCard(owner, "top-up-1", 2_000)).toMatchObject({
    status: 200,
    body: { data: { amountCharged: 2_000 } },
  });
  await city.idle();
  await city.deliver({ copies: 2 });
  const charged = await city.database.prisma.topUp.findMany({ where: { ownerId: owner.id, kind: "saved_card" } });
  expect(charged.map(({ status }) => status)).toEqual(["paid"]);
  expect(await city.pool(owner)).toMatchObject({ balance: 3_000 });
  await city.stripe("DELETE", "/faults", {});
});

test("a top-up that was given up and tried again is booked, beside the other, when its money comes after all", async () => {
  const owner = await city.owner("Paid late");
  await city.topUp(owner, 1_000);
  await city.stripe("POST", "/faults", { kind: "error_503", path: "/v1/payment_intents", times: 3 });
  expect((await chargeCard(owner, "late-1", 2_000)).status).toBe(503);
  await reconcile();
  expect((await chargeCard(owner, "late-1", 2_000)).status).toBe(200);
  const givenUp = await city.database.prisma.topUp.findFirstOrThrow({ where: { ownerId: owner.id, status: "failed" } });
  const { stripeCustomerId } = await city.database.prisma.owner.findUniqueOrThrow({ where: { id: owner.id } });
  const order = { customerId: stripeCustomerId ?? "", amountCents: 2_000, description: "Late" };
  await city.ctx().ports.payments.chargeSavedCard({ ...order, metadata: { topUpId: givenUp.id } }, `late:${owner.id}`);
  expect((await reconcile()).unresolved).toEqual([]);
  expect(await city.pool(owner)).toMatchObject({ balance: 5_000 });
});

test("an Idempotency-Key that is taken again after its thirty days charges what it is asked to", async () => {
  const owner = await city.owner("Comes back");
  await city.topUp(owner, 1_000);
  expect((await chargeCard(owner, "monthly", 2_000)).status).toBe(200);
  await city.advance(31 * DAY);
  const again = await chargeCard(owner, "monthly", 3_000);
  expect(again).toMatchObject({ status: 200, body: { data: { amountCharged: 3_000, newBalance: 6_000 } } });
});
