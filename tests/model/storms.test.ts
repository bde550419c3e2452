import { afterAll, beforeAll, expect, test } from "vitest";
import { CityError } from "#server/kernel/errors.ts";
import { explainShortfall } from "#server/payments/explain-shortfall.ts";
import { requestAutoTopUp } from "#server/payments/request-auto-top-up.ts";
import { releaseTaskEscrow } from "#server/tasks/release-escrow.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { ownerActor } from "./support/moments.ts";
import { chargedTask, type MoneyCity, newSeller, type Seller, startMoneyCity } from "./support/money-city.ts";
import { runsOf } from "./support/tally.ts";

const ROUNDS = runsOf(3);
const LONG = 7_200_000;

let city: MoneyCity;
let buyer: TestOwner;
let seller: Seller;
beforeAll(async () => {
  // The refund window outlasts the escrow, so that refund, release and dispute are all allowed at the same time.
  city = await startMoneyCity({ settings: { money: { refundMinutes: 20 } } });
  buyer = await city.owner("Buyer");
  seller = await newSeller(city, 500);
});
afterAll(() => city?.stop());

const many = <T>(n: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, i) => work(i)));

test("of 64 submissions at once on a pool for ten, exactly ten are held", { timeout: LONG }, async () => {
  const owner = await city.owner("Racer");
  const budget = 700;
  await city.topUp(owner, 10 * budget + budget - 1);
  // Nobody does this kind of work here: the tasks wait, and are cancelled after each round.
  const body = { taskType: "design", maxBudget: budget, input: { description: "A logo." } };
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await many(64, () => city.call("POST", "/tasks", { token: owner.token, body }));
    const held = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status, body }) => status === 402 && body.error?.code === "INSUFFICIENT_CREDITS");
    const others = answers.filter((answer) => !held.includes(answer) && !refused.includes(answer));
    expect(others.map(({ status, body }) => `${status} ${body.error?.code}`)).toEqual([]);
    expect([held.length, refused.length]).toEqual([10, 54]);
    expect(await city.pool(owner)).toMatchObject({ balance: budget - 1, held: 10 * budget });
    await Promise.all(
      held.map(({ body }) =>
        city.call("POST", `/tasks/${(body.data as { id: string }).id}/cancel`, { token: owner.token }),
      ),
    );
    expect(await city.pool(owner)).toMatchObject({ balance: 11 * budget - 1, held: 0 });
  }
  await city.idle();
  expect(await city.violations()).toEqual([]);
});

test("32 refunds, releases and disputes at once on one task end in one refund", { timeout: LONG }, async () => {
  await city.topUp(buyer, 100_000);
  for (let round = 0; round < ROUNDS; round++) {
    const before = await city.pool(buyer);
    const earned = (await seller.agent.client.vault.getBalance()).lifetimeEarned;
    await seller.agent.client.tasks.listSubmitted();
    const taskId = await chargedTask(city, buyer, seller, 600);
    // Due for release, with the timer itself among the racers.
    await city.database.pool.query("select engine.advance_clock(interval '15 minutes')");
    const outcomes = await many(32, async (i) => {
      if (i % 3 === 2) return releaseTaskEscrow(city.ctx(), { taskId }).then(({ state }) => `release ${state}`);
      const [path, body] =
        i % 3 === 0
          ? ["feedback", { rating: "down" }]
          : ["dispute", { reason: "other", description: "Not what was asked for." }];
      const { status } = await city.call("POST", `/tasks/${taskId}/${path}`, { token: buyer.token, body });
      return `${path} ${status}`;
    });
    await city.idle();
    const times = (name: string) => outcomes.filter((outcome) => outcome === name).length;
    expect(times("feedback 200") + times("feedback 201")).toBe(1);
    expect(times("feedback 409")).toBe(10);
    expect(times("dispute 200") + times("dispute 201")).toBeLessThanOrEqual(1);
    expect(await buyer.client.tasks.get(taskId)).toMatchObject({ status: "refunded" });
    expect(await city.pool(buyer)).toEqual(before);
    expect(await seller.agent.client.vault.getBalance()).toMatchObject({
      lifetimeEarned: earned,
      disputed: 0,
      debt: 0,
    });
    const { rows } = await city.database.pool.query(
      "select kind, count(*)::int as n from ledger.transaction where reference like $1 group by kind having count(*) > 1",
      [`task:${taskId}:%`],
    );
    expect(rows).toEqual([]);
  }
  expect(await city.violations()).toEqual([]);
});

test("of 16 withdrawals at once of everything, exactly one is made", { timeout: LONG }, async () => {
  const worker = await newSeller(city, 1_000);
  await city.topUp(buyer, 100_000);
  await city.connectBank(worker.owner);
  for (let round = 0; round < ROUNDS; round++) {
    await worker.agent.client.tasks.listSubmitted();
    await chargedTask(city, buyer, worker, 1_200);
    await city.advance(15 * 60_000);
    const { available } = await worker.agent.client.vault.getBalance();
    const answers = await many(16, () =>
      city.call("POST", "/vault/withdrawals", { token: worker.owner.token, body: { amount: available } }),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array(15).fill(402)]);
    expect(await worker.agent.client.vault.getBalance()).toMatchObject({ available: 0 });
    await city.idle();
  }
  expect(await city.violations()).toEqual([]);
});

test("however many ask for one, a single automatic top-up is in flight, and it arrives once", {
  timeout: LONG,
}, async () => {
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

test("three declines in a row switch automatic top-up off", { timeout: LONG }, async () => {
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

test("automatic top-ups stop at the monthly cap", { timeout: LONG }, async () => {
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

test("a submission that found too little starts one automatic top-up and says that it is on its way", async () => {
  const owner = await city.owner("Short");
  await city.topUp(owner, 1_000);
  const body = { enabled: true, threshold: 0, reloadAmount: 5_000 };
  await city.call("PUT", "/vault/auto-top-up", { token: owner.token, body });
  const refusal = new CityError("INSUFFICIENT_CREDITS", "Too little.", {
    details: { required: 2_000, available: 1_000 },
    log: { account: `pool:${owner.id}` },
  });
  const answers = await many(8, () => explainShortfall(city.ctx(ownerActor(owner.id)), refusal));
  expect(answers.map(({ details }) => details?.autoTopUp)).toEqual(Array(8).fill("pending"));
  await city.idle();
  await city.deliver();
  expect(await city.pool(owner)).toMatchObject({ balance: 6_000 });
  const wallet = new CityError("INSUFFICIENT_CREDITS", "Too little.", { details: {}, log: { account: "wallet:x" } });
  expect(await explainShortfall(city.ctx(ownerActor(owner.id)), wallet)).toBe(wallet);
});
