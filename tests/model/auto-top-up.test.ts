import { afterAll, beforeAll, expect, test } from "vitest";
import { chargeAutoTopUp } from "#server/payments/charge-auto-top-up.ts";
import { reconcilePayments } from "#server/payments/reconcile.ts";
import { requestAutoTopUp } from "#server/payments/request-auto-top-up.ts";
import { createCaller } from "#server/trpc/root.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { ownerActor } from "./support/moments.ts";
import { chargedTask, type MoneyCity, newSeller, startMoneyCity } from "./support/money-city.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());

const many = <T>(n: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, i) => work(i)));

test("however many ask for one, a single automatic top-up is in flight, and it arrives once", async () => {
  const owner = await city.owner("Auto");
  await city.topUp(owner, 1_000);
  const body = { enabled: true, threshold: 500, reloadAmount: 5_000 };
  await city.call("PUT", "/vault/auto-top-up", { token: owner.token, body });
  const answers = await many(24, () => requestAutoTopUp(city.ctx(), { ownerId: owner.id, needed: 1_500 }));
  expect(answers).toEqual(Array(24).fill(true));
  await city.idle();
  await city.deliver({ copies: 2 });
  const charged = await city.database.prisma.topUp.findMany({ where: { ownerId: owner.id, kind: "auto" } });
  expect(charged.map(({ status }) => status)).toEqual(["paid"]);
  expect(await city.pool(owner)).toMatchObject({ balance: 6_000 });
  expect(await city.violations()).toEqual([]);
});

test("three declines in a row switch automatic top-up off", async () => {
  const owner = await city.owner("Declined");
  await city.topUp(owner, 600);
  await city.stripe("POST", "/faults", { kind: "charge_declined", code: "insufficient_funds", times: 3 });
  const body = { enabled: true, threshold: 1_000, reloadAmount: 5_000 };
  await city.call("PUT", "/vault/auto-top-up", { token: owner.token, body });
  await city.idle();
  // Each minute the pool is found too low again.
  await city.advance(60_000);
  await city.advance(60_000);
  await city.advance(60_000);
  const tries = await city.database.prisma.topUp.findMany({ where: { ownerId: owner.id, kind: "auto" } });
  expect(tries.map(({ status, failure }) => `${status} ${failure}`)).toEqual(
    Array(3).fill("failed insufficient_funds"),
  );
  const pool = await owner.client.vault.getPool();
  expect(pool).toMatchObject({ balance: 600, autoTopUp: { enabled: false, pending: false } });
  await city.stripe("DELETE", "/faults", {});
});

test("a secret the card company does not accept declines nothing: the charge is made when it does again", async () => {
  const owner = await city.owner("Rolled");
  await city.topUp(owner, 600);
  await city.stripe("POST", "/faults", { kind: "refused_unread", path: "/v1/payment_intents", status: 401 });
  const body = { enabled: true, threshold: 1_000, reloadAmount: 5_000 };
  await city.call("PUT", "/vault/auto-top-up", { token: owner.token, body });
  await city.idle();
  const [row] = await city.database.prisma.topUp.findMany({ where: { ownerId: owner.id, kind: "auto" } });
  expect(await chargeAutoTopUp(city.ctx(), { topUpId: row?.id ?? "" })).toEqual({ status: "paid" });
  expect(await city.database.prisma.topUp.count({ where: { ownerId: owner.id, kind: "auto" } })).toBe(1);
  expect(await city.pool(owner)).toMatchObject({ balance: 5_600 });
});

test("while the card company takes no charges none counts as declined, and the one that waits is made afterwards", async () => {
  const owner = await city.owner("Patient");
  await city.topUp(owner, 600);
  await city.stripe("POST", "/faults", { kind: "error_503", path: "/v1/payment_intents", times: 1_000 });
  const body = { enabled: true, threshold: 1_000, reloadAmount: 5_000 };
  await city.call("PUT", "/vault/auto-top-up", { token: owner.token, body });
  await city.idle();
  const reconcile = () => reconcilePayments(city.ctx(), { settlingMinutes: 0 });
  await reconcile();
  const declines = async () => {
    const auto = await city.database.prisma.autoTopUp.findUniqueOrThrow({ where: { ownerId: owner.id } });
    return [auto.enabled, auto.declines, auto.inFlightId !== null];
  };
  expect(await declines()).toEqual([true, 0, true]);
  await city.stripe("DELETE", "/faults", {});
  await reconcile();
  expect(await declines()).toEqual([true, 0, false]);
  expect(await autoTopUpsOf(owner)).toBe(1);
  expect(await city.pool(owner)).toMatchObject({ balance: 5_600 });
});

test("automatic top-ups stop at the monthly cap", async () => {
  const owner = await city.owner("Capped");
  await city.topUp(owner, 600);
  const body = { enabled: true, threshold: 100_000, reloadAmount: 5_000, monthlyCap: 12_000 };
  await city.call("PUT", "/vault/auto-top-up", { token: owner.token, body });
  for (let minute = 0; minute < 4; minute++) {
    await city.idle();
    await city.deliver();
    await city.advance(60_000);
  }
  expect(await city.pool(owner)).toMatchObject({ balance: 10_600 });
});

const autoTopUpsOf = ({ id }: TestOwner) => city.database.prisma.topUp.count({ where: { ownerId: id, kind: "auto" } });
const mailsTo = async ({ email }: TestOwner) =>
  (await city.database.prisma.mail.findMany({ where: { to: email } })).map(({ subject }) => subject);

test("a card whose bank took a top-up back is not charged by itself, and not at all while the owner has a debt", async () => {
  const owner = await city.owner("Disputed");
  const { paymentId } = await city.topUp(owner, 2_000);
  await chargedTask(city, owner, await newSeller(city, 1_000), 1_000);
  const body = { enabled: true, threshold: 500, reloadAmount: 5_000 };
  await city.call("PUT", "/vault/auto-top-up", { token: owner.token, body });
  await city.stripe("POST", `/chargeback/${paymentId}`, {});
  await city.deliver();
  expect(await city.pool(owner)).toMatchObject({ balance: 0, debt: 1_000 });
  await city.advance(60_000);
  const pool = await owner.client.vault.getPool();
  expect(pool.autoTopUp).toMatchObject({ enabled: false, pending: false, disabledAt: expect.any(String) });
  expect(await mailsTo(owner)).toContain("Automatic top-ups are off");
  // Also where the owner wants it back before the debt is paid.
  await city.call("PUT", "/vault/auto-top-up", { token: owner.token, body });
  await city.advance(60_000);
  expect(await requestAutoTopUp(city.ctx(), { ownerId: owner.id, needed: 1_500 })).toBe(false);
  expect(await autoTopUpsOf(owner)).toBe(0);
  await city.topUp(owner, 1_000);
  await city.advance(60_000);
  expect(await autoTopUpsOf(owner)).toBe(1);
});

test("money sent back to the card is not charged again by itself, and what stays above the threshold changes nothing", async () => {
  const owner = await city.owner("Leaving");
  await city.topUp(owner, 3_000);
  const body = { enabled: true, threshold: 1_000, reloadAmount: 5_000 };
  await city.call("PUT", "/vault/auto-top-up", { token: owner.token, body });
  await city.call("POST", "/vault/return", { token: owner.token, body: { amount: 2_000 } });
  expect((await owner.client.vault.getPool()).autoTopUp).toMatchObject({ enabled: true });
  await city.call("POST", "/vault/return", { token: owner.token, body: { amount: 1_000 } });
  await city.advance(60_000);
  expect(await autoTopUpsOf(owner)).toBe(0);
  expect(await mailsTo(owner)).toContain("Automatic top-ups are off");
  const dashboard = await dashboardOf(city, owner);
  expect(await dashboard.owners.close.mutate({ password: owner.password })).toMatchObject({ closed: true });
});

const ORDER = { taskType: "design" as const, maxBudget: 2_000, input: { description: "A logo." } };
const autoTopUpOf = (error: { details?: Record<string, unknown> } | undefined) => error?.details?.autoTopUp;

const ACCEPTED = "submitted";
const send = async ({ token }: TestOwner, headers: Record<string, string> = {}) => {
  const { status, body } = await city.call("POST", "/tasks", { token, headers, body: ORDER });
  if (status === 201) return ACCEPTED;
  expect(status).toBe(402);
  return autoTopUpOf(body.error);
};

/** The ways in which a submission reaches the city; each answers what the refusal says about the automatic top-up. */
const DOORS: Record<string, (owner: TestOwner) => Promise<unknown>> = {
  "the API": (owner) => send(owner),
  "the API with an idempotency key": (owner) => send(owner, { "idempotency-key": `short-${Math.random()}` }),
  "the dashboard": ({ id }) =>
    createCaller(city.ctx(ownerActor(id)))
      .tasks.submit(ORDER)
      .then(
        () => ACCEPTED,
        (error) => autoTopUpOf(error.cause),
      ),
};

test.each(Object.entries(DOORS))(
  "submissions through %s that find too little start one automatic top-up and say that it is on its way",
  async (_name, submit) => {
    const owner = await city.owner("Short");
    await city.topUp(owner, 1_000);
    expect(await submit(owner)).toBeUndefined();
    const body = { enabled: true, threshold: 0, reloadAmount: 50_000 };
    await city.call("PUT", "/vault/auto-top-up", { token: owner.token, body });
    const answers = await many(8, () => submit(owner));
    // The money may be there before the last of them is read.
    const refused = answers.filter((answer) => answer !== ACCEPTED);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused).toEqual(Array(refused.length).fill("pending"));
    await city.idle();
    await city.deliver();
    const held = ORDER.maxBudget * (answers.length - refused.length);
    expect(await city.pool(owner)).toMatchObject({ balance: 51_000 - held, held });
    expect(await autoTopUpsOf(owner)).toBe(1);
    expect(await city.violations()).toEqual([]);
  },
);
