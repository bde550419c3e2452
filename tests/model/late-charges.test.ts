import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { chargeAutoTopUp } from "#server/payments/charge-auto-top-up.ts";
import { reconcilePayments } from "#server/payments/reconcile.ts";
import type { Payment } from "#server/ports/payments.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { until } from "#tests/support/until.ts";
import { chargedTask, type MoneyCity, newSeller, startMoneyCity } from "./support/money-city.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
});

const WANTED = { enabled: true, threshold: 1_000, reloadAmount: 5_000 };

const setAutoTopUp = (owner: TestOwner, body: object) =>
  city.call("PUT", "/vault/auto-top-up", { token: owner.token, body });
const autoTopUpOf = ({ id }: TestOwner) =>
  city.database.prisma.topUp.findFirstOrThrow({ where: { ownerId: id, kind: "auto" }, orderBy: { createdAt: "asc" } });
const switchOf = ({ id }: TestOwner) => city.database.prisma.autoTopUp.findUniqueOrThrow({ where: { ownerId: id } });
const reconcile = () => reconcilePayments(city.ctx(), { settlingMinutes: 0 });

/** Every charge that Stripe has for a top-up, whatever came of it. */
async function chargesFor(topUpId: string): Promise<Payment[]> {
  const charges: Payment[] = [];
  const mine = { since: "2020-01-01T00:00:00Z", metadata: { topUpId } };
  for await (const payment of city.ctx().ports.payments.list("payment", mine)) charges.push(payment);
  return charges;
}

/** An owner who wants automatic top-ups, and whose first one waits, because Stripe takes no charges. */
async function waiting(amount: number, wanted = WANTED) {
  const owner = await city.owner("Waits");
  const { paymentId } = await city.topUp(owner, amount);
  return {
    owner,
    paymentId,
    async ask(): Promise<string> {
      await city.stripe("POST", "/faults", { kind: "error_503", path: "/v1/payment_intents", times: 1_000 });
      await setAutoTopUp(owner, wanted);
      await city.idle();
      return (await autoTopUpOf(owner)).id;
    },
  };
}

/** Stops the stand-in in the midst of its next charge: the request runs, and its key is in use, until it is let go. */
async function holdCharges(): Promise<() => Promise<void>> {
  const db = await city.database.pool.connect();
  await db.query("begin");
  await db.query("select 1 from stripe_stand_in.balance where account = '' for update");
  return async () => {
    await db.query("rollback");
    db.release();
  };
}

async function isHeld(): Promise<boolean> {
  const { rows } = await city.database.pool.query<{ held: boolean }>(
    `select exists (select from pg_stat_activity where datname = current_database()
       and application_name = 'stripe-stand-in' and wait_event_type = 'Lock') as held`,
  );
  return rows[0]?.held ?? false;
}

test("a charge that is asked for again while its first request still runs at Stripe is made once", async () => {
  const owner = await city.owner("Slow");
  await city.topUp(owner, 600);
  const letGo = await holdCharges();
  try {
    await setAutoTopUp(owner, WANTED);
    await until("the first request is at work", isHeld);
    const { id: topUpId } = await autoTopUpOf(owner);
    await expect(chargeAutoTopUp(city.ctx(), { topUpId })).rejects.toMatchObject({
      kind: "unavailable",
      reason: "idempotency_key_in_use",
      outcome: "unknown",
      replayed: false,
    });
    expect(await chargesFor(topUpId)).toEqual([]);
  } finally {
    await letGo();
  }
  await city.idle();
  const { id, status } = await autoTopUpOf(owner);
  expect(status).toBe("paid");
  expect(await chargesFor(id)).toMatchObject([{ status: "succeeded", receivedCents: 5_000 }]);
  expect(await city.pool(owner)).toMatchObject({ balance: 5_600 });
});

test("an automatic top-up that waits is dropped once its owner has switched them off; no card is blamed", async () => {
  const { owner, ask } = await waiting(600);
  const topUpId = await ask();
  await setAutoTopUp(owner, { ...WANTED, enabled: false });
  await city.stripe("DELETE", "/faults", {});
  expect(await chargeAutoTopUp(city.ctx(), { topUpId })).toEqual({ status: "unwanted" });
  // Until the lists have shown that no earlier try went through.
  expect(await autoTopUpOf(owner)).toMatchObject({ status: "pending" });
  const { repaired, unresolved } = await reconcile();
  expect(repaired).toContain(`top-up ${topUpId} was dropped: nobody wants it any more`);
  expect(unresolved).toEqual([]);
  expect(await chargesFor(topUpId)).toEqual([]);
  expect(await autoTopUpOf(owner)).toMatchObject({ status: "failed" });
  expect(await switchOf(owner)).toMatchObject({ enabled: false, declines: 0, inFlightId: null, disabledAt: null });
  expect(await city.pool(owner)).toMatchObject({ balance: 600 });
  const blamed = { to: owner.email, subject: "An automatic top-up failed" };
  expect(await city.database.prisma.mail.count({ where: blamed })).toBe(0);

  await setAutoTopUp(owner, WANTED);
  await city.idle();
  expect(await city.pool(owner)).toMatchObject({ balance: 5_600 });
});

test("nor is it charged late while its owner is in debt, though they were switched on again", async () => {
  const { owner, paymentId, ask } = await waiting(2_000, { ...WANTED, threshold: 5_000 });
  await chargedTask(city, owner, await newSeller(city, 1_000), 1_000);
  const topUpId = await ask();
  const { id } = await city.stripe<{ id: string }>("POST", `/chargeback/${paymentId}`, {});
  await city.deliverAbout(id);
  expect(await city.pool(owner)).toMatchObject({ balance: 0, debt: 1_000 });
  await setAutoTopUp(owner, WANTED);
  await city.stripe("DELETE", "/faults", {});
  expect((await reconcile()).unresolved).toEqual([]);
  expect(await chargesFor(topUpId)).toEqual([]);
  expect(await autoTopUpOf(owner)).toMatchObject({ status: "failed" });
  expect(await switchOf(owner)).toMatchObject({ enabled: true, declines: 0, inFlightId: null });
  expect(await city.pool(owner)).toMatchObject({ balance: 0, debt: 1_000 });
});

test("one that Stripe has charged though no answer came is booked, also where it is not wanted any more", async () => {
  const { owner } = await waiting(600);
  // As often as the card company's own library tries, and then the city again.
  await city.stripe("POST", "/faults", { kind: "timeout_after_success", path: "/v1/payment_intents", times: 1_000 });
  await setAutoTopUp(owner, WANTED);
  await city.idle();
  await setAutoTopUp(owner, { ...WANTED, enabled: false });
  await city.stripe("DELETE", "/faults", {});
  await reconcile();
  const { id, status } = await autoTopUpOf(owner);
  expect(status).toBe("paid");
  expect(await chargesFor(id)).toHaveLength(1);
  expect(await city.pool(owner)).toMatchObject({ balance: 5_600 });
});
