import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { compareCash } from "#server/payments/compare-cash.ts";
import { reconcilePayments } from "#server/payments/reconcile.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { chargedTask, type MoneyCity, newSeller, type Seller, startMoneyCity } from "./support/money-city.ts";
import { replay, runsOf, THOROUGH } from "./support/tally.ts";

let city: MoneyCity;
let buyer: TestOwner;
let seller: Seller;
beforeAll(async () => {
  city = await startMoneyCity();
  buyer = await city.owner("Buyer");
  seller = await newSeller(city, 900_000);
  await city.topUp(buyer, 1_000_000);
  await chargedTask(city, buyer, seller, 1_000_000);
  await city.advance(15 * 60_000);
  await city.connectBank(seller.owner);
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
  expect(await compareCash(city.ctx())).toMatchObject({ ok: true, difference: 0 });
});

const waiting = () => city.stripe<string[]>("GET", "/deliveries");

/** Every order of a list. */
function* permutations<T>(list: readonly T[]): Generator<T[]> {
  if (list.length <= 1) yield [...list];
  for (const [index, head] of list.entries()) {
    for (const rest of permutations(list.toSpliced(index, 1))) yield [head, ...rest];
  }
}

async function openCheckout(amount: number) {
  const { checkoutUrl } = await buyer.client.vault.topUp({ amount });
  return city.database.prisma.topUp.findFirstOrThrow({ where: { checkoutUrl: checkoutUrl ?? "" } });
}

/** The payment of a completed checkout, asked from Stripe: our row may not know it yet. */
async function paymentOf(topUpId: string): Promise<string> {
  const since = new Date(0).toISOString();
  for await (const { id } of city.ctx().ports.payments.list("payment", { since, metadata: { topUpId } })) return id;
  throw new Error("no payment");
}

const typesOf = async (ids: string[]) => {
  const { rows } = await city.database.pool.query<{ id: string; type: string }>(
    "select id, data->>'type' as type from stripe_stand_in.object where kind = 'event' and id = any($1)",
    [ids],
  );
  return new Map(rows.map(({ id, type }) => [id, type]));
};

test("a top-up that is paid, charged back and won ends the same in all 120 orders of its five events", {
  timeout: 3_600_000,
}, async () => {
  const wanted = [
    "payment_intent.succeeded",
    "checkout.session.completed",
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.closed",
  ];
  const orders = [...permutations([0, 1, 2, 3, 4])];
  const step = THOROUGH ? 1 : 10;
  for (let at = 0; at < orders.length; at += step) {
    const before = (await city.pool(buyer)).balance;
    const row = await openCheckout(700);
    await city.stripe("POST", `/complete-checkout/${row.checkoutId}`, {});
    const payment = await paymentOf(row.id);
    const dispute = await city.stripe<{ id: string }>("POST", `/chargeback/${payment}`, {});
    await city.stripe("POST", `/disputes/${dispute.id}/close`, { won: at % 2 === 0 });
    const ids = await waiting();
    const types = await typesOf(ids);
    const five = wanted.map((type) => ids.find((id) => types.get(id) === type) ?? "");
    expect(five).not.toContain("");
    const order = (orders[at] ?? []).map((index) => five[index] ?? "");
    // One of them twice, another one again at the end.
    await city.deliver({ ids: [...order, order[at % 5] ?? "", order[(at + 2) % 5] ?? ""] });
    await city.deliver();
    const won = at % 2 === 0;
    const after = await city.database.prisma.topUp.findUniqueOrThrow({ where: { id: row.id } });
    expect([order.length, after.status, after.returnedCents]).toEqual([
      5,
      won ? "paid" : "charged_back",
      won ? 0 : 700,
    ]);
    expect((await city.pool(buyer)).balance).toBe(before + (won ? 700 : 0));
  }
});

type Step = { deliver: number[] } | { act: true };

/** What happens at Stripe, with deliveries of anything that waits (in any order, repeated) before, between and after. */
const script = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<Step>({ act: true }) },
    {
      weight: 3,
      arbitrary: fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }).map((deliver): Step => ({ deliver })),
    },
  ),
  { minLength: 2, maxLength: 9 },
);

/** Plays a script: `acts` happen in their order, deliveries where the script says; then the rest, newest first. */
async function playScript(steps: Step[], acts: (() => Promise<unknown>)[]): Promise<void> {
  const left = [...acts];
  const seen: string[] = [];
  for (const step of steps) {
    if ("act" in step) {
      await left.shift()?.();
      continue;
    }
    for (const id of await waiting()) if (!seen.includes(id)) seen.push(id);
    const ids = step.deliver.map((at) => seen[at % seen.length]).filter((id) => id !== undefined);
    if (ids.length > 0) await city.deliver({ ids });
  }
  for (const act of left) await act();
  await city.deliver({ order: "newest", copies: 2 });
}

test("a withdrawal ends as its bank decided, however its events are mixed, repeated and reordered", {
  timeout: 3_600_000,
}, async () => {
  const { seed, path } = replay();
  await fc.assert(
    fc.asyncProperty(script, fc.constantFrom("paid", "failed", "returned"), async (steps, end) => {
      const before = (await seller.agent.client.vault.getBalance()).available;
      const asked = await seller.owner.client.vault.withdraw({ amount: 500 });
      await city.idle();
      const { payoutId } = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id: asked.id } });
      const pay = () => city.stripe("POST", `/payouts/${payoutId}/pay`, {});
      const fail = () => city.stripe("POST", `/payouts/${payoutId}/fail`, {});
      await playScript(steps, end === "paid" ? [pay] : end === "failed" ? [fail] : [pay, fail]);
      const row = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id: asked.id } });
      const { available } = await seller.agent.client.vault.getBalance();
      expect([row.status, available]).toEqual(end === "paid" ? ["paid", before - 500] : ["failed", before]);
    }),
    { numRuns: runsOf(6), seed, endOnFailure: true, ...(path && { path }) },
  );
});

test("a top-up ends as the bank decided, however its events are mixed with what happens meanwhile", {
  timeout: 3_600_000,
}, async () => {
  const { seed, path } = replay();
  await fc.assert(
    fc.asyncProperty(script, fc.constantFrom("paid", "won", "lost"), async (steps, end) => {
      const before = (await city.pool(buyer)).balance;
      const row = await openCheckout(600);
      let dispute = "";
      const pay = () => city.stripe("POST", `/complete-checkout/${row.checkoutId}`, {});
      const contest = async () => {
        dispute = (await city.stripe<{ id: string }>("POST", `/chargeback/${await paymentOf(row.id)}`, {})).id;
      };
      const close = () => city.stripe("POST", `/disputes/${dispute}/close`, { won: end === "won" });
      await playScript(steps, end === "paid" ? [pay] : [pay, contest, close]);
      const after = await city.database.prisma.topUp.findUniqueOrThrow({ where: { id: row.id } });
      const balance = (await city.pool(buyer)).balance;
      const lost = end === "lost";
      expect([after.status, after.returnedCents, balance]).toEqual([
        lost ? "charged_back" : "paid",
        lost ? 600 : 0,
        before + (lost ? 0 : 600),
      ]);
    }),
    { numRuns: runsOf(6), seed, endOnFailure: true, ...(path && { path }) },
  );
});

test("webhooks that never come are made up for by reconciliation, once", async () => {
  const before = (await city.pool(buyer)).balance;
  const row = await openCheckout(800);
  await city.stripe("POST", `/complete-checkout/${row.checkoutId}`, {});
  const asked = await seller.owner.client.vault.withdraw({ amount: 500 });
  await city.idle();
  const { payoutId } = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id: asked.id } });
  await city.stripe("POST", `/payouts/${payoutId}/pay`, {});

  const first = await reconcilePayments(city.ctx(), { settlingMinutes: 0 });
  expect(first.unresolved).toEqual([]);
  expect((await city.pool(buyer)).balance).toBe(before + 800);
  expect(await city.database.prisma.withdrawal.findUnique({ where: { id: asked.id } })).toMatchObject({
    status: "paid",
  });
  const second = await reconcilePayments(city.ctx(), { settlingMinutes: 0 });
  expect([second.repaired, second.unresolved]).toEqual([[], []]);
  await city.deliver({ copies: 2 });
  expect((await city.pool(buyer)).balance).toBe(before + 800);
});

const FAULTS = [
  { kind: "timeout_after_success" },
  { kind: "error_500", effect: "done" },
  { kind: "error_500", effect: "none" },
  { kind: "error_503" },
  { kind: "event_before_answer" },
] as const;
const CALLS = ["/v1/checkout/sessions", "/v1/payment_intents", "/v1/refunds", "/v1/transfers", "/v1/payouts"] as const;
const CASES = CALLS.flatMap((path) =>
  FAULTS.map((fault) => ({ path, ...fault, effect: "effect" in fault ? fault.effect : "" })),
);

test.each(CASES)(
  "$kind $effect at $path moves the money exactly once",
  { timeout: 120_000 },
  async ({ path, kind, effect }) => {
    const pool = (await city.pool(buyer)).balance;
    const { available } = await seller.agent.client.vault.getBalance();
    // The card company's own package tries again three times in all: a time-out must outlast that.
    await city.stripe("POST", "/faults", { kind, path, times: 1, ...(effect && { effect }) });
    const expected = await once(path);
    await city.stripe("DELETE", "/faults", {});
    await city.idle();
    for (let round = 0; round < 2; round++) {
      await reconcilePayments(city.ctx(), { settlingMinutes: 0 });
      await city.deliver();
    }
    const after = (await city.pool(buyer)).balance - pool;
    const earned = (await seller.agent.client.vault.getBalance()).available - available;
    expect(expected).toContainEqual([after, earned]);
    expect(await city.violations()).toEqual([]);
    const { unresolved } = await reconcilePayments(city.ctx(), { settlingMinutes: 0 });
    expect(unresolved).toEqual([]);
  },
);

/** Does what calls this path; the allowed changes of pool and wallet. A caller that was told of a failure may be left with none. */
async function once(path: (typeof CALLS)[number]): Promise<[number, number][]> {
  if (path === "/v1/checkout/sessions") {
    const { status, body } = await city.call("POST", "/vault/top-up", { token: buyer.token, body: { amount: 650 } });
    if (status !== 200) return [[0, 0]];
    const url = (body.data as { checkoutUrl: string }).checkoutUrl;
    const row = await city.database.prisma.topUp.findFirstOrThrow({ where: { checkoutUrl: url } });
    await city.stripe("POST", `/complete-checkout/${row.checkoutId}`, {});
    return [[650, 0]];
  }
  if (path === "/v1/payment_intents") {
    const { status } = await city.call("POST", "/vault/top-up", {
      token: buyer.token,
      body: { amount: 750, useSavedCard: true },
    });
    return status === 200
      ? [[750, 0]]
      : [
          [0, 0],
          [750, 0],
        ];
  }
  if (path === "/v1/refunds") {
    await city.call("POST", "/vault/return", { token: buyer.token, body: { amount: 120 } });
    await city.idle();
    return [[-120, 0]];
  }
  await seller.owner.client.vault.withdraw({ amount: 500 });
  await city.idle();
  return [[0, -500]];
}
