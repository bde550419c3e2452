import { afterAll, beforeAll, expect, test } from "vitest";
import type { OwnerActor } from "#server/auth/actor.ts";
import type { Ctx } from "#server/context.ts";
import { cancelTask } from "#server/tasks/cancel-task.ts";
import { releaseTaskEscrow } from "#server/tasks/release-task-escrow.ts";
import { createCaller } from "#server/trpc/root.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { ownerActor } from "./support/moments.ts";
import { chargedTask, type MoneyCity, newSeller, type Seller, startMoneyCity } from "./support/money-city.ts";
import { many, playRounds, ROUNDS } from "./support/rounds.ts";

const LONG = 24 * 3_600_000;

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

const LOGO = { taskType: "design" as const, maxBudget: 700, input: { description: "A logo." } };

/** Submits over HTTP; the task's id, or why there is none. */
async function submitOverHttp({ token }: TestOwner): Promise<{ id: string } | { refused: string }> {
  const { status, body } = await city.call("POST", "/tasks", { token, body: LOGO });
  return status === 201 ? (body.data as { id: string }) : { refused: `${status} ${body.error?.code}` };
}

/** The same operation without the transport. */
async function submitDirectly({ id }: TestOwner): Promise<{ id: string } | { refused: string }> {
  const submitting = createCaller(city.ctx(ownerActor(id))).tasks.submit(LOGO);
  return submitting.then(
    (task) => ({ id: task.id }),
    (error) => ({ refused: `${error.cause?.status} ${error.cause?.code}` }),
  );
}

/** A city that is too busy says so, and has done nothing: whoever hears that asks again. */
async function untilHeard(submit: typeof submitDirectly, owner: TestOwner): ReturnType<typeof submitDirectly> {
  while (true) {
    const answer = await submit(owner);
    if (!("refused" in answer) || answer.refused !== "503 UNAVAILABLE") return answer;
  }
}

test("of 64 submissions at once on a pool for ten, exactly ten are held", { timeout: LONG }, async () => {
  const owner = await city.owner("Racer");
  const { maxBudget: budget } = LOGO;
  await city.topUp(owner, 10 * budget + budget - 1);
  await playRounds("64 submissions on a pool for ten", ROUNDS, async (round) => {
    // A long storm goes over HTTP in every tenth round.
    const submit = ROUNDS < 10 || round % 10 === 0 ? submitOverHttp : submitDirectly;
    const answers = await many(64, () => untilHeard(submit, owner));
    const held = answers.flatMap((answer) => ("id" in answer ? [answer.id] : []));
    const refused = answers.flatMap((answer) => ("refused" in answer ? [answer.refused] : []));
    expect([held.length, ...new Set(refused)]).toEqual([10, "402 INSUFFICIENT_CREDITS"]);
    expect(await city.pool(owner)).toMatchObject({ balance: budget - 1, held: 10 * budget });
    // Nobody does this kind of work here: the tasks wait, and are taken back for the next round.
    await Promise.all(held.map((id) => cancelTask(city.ctx(ownerActor(owner.id)) as Ctx<OwnerActor>, { id })));
    expect(await city.pool(owner)).toMatchObject({ balance: 11 * budget - 1, held: 0 });
  });
  await city.idle();
  expect(await city.violations()).toEqual([]);
});

test("32 refunds, releases and disputes at once on one task end in one refund", { timeout: LONG }, async () => {
  await city.topUp(buyer, 100_000);
  await playRounds("32 refunds, releases and disputes", ROUNDS, async () => {
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
  });
  expect(await city.violations()).toEqual([]);
});

test("of 16 withdrawals at once of everything, exactly one is made", { timeout: LONG }, async () => {
  const worker = await newSeller(city, 1_000);
  // What a thousand rounds cost, and then some.
  await city.topUp(buyer, 1_000_000);
  await city.topUp(buyer, 100_000);
  await city.connectBank(worker.owner);
  await playRounds("16 withdrawals of everything", ROUNDS, async () => {
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
  });
  expect(await city.violations()).toEqual([]);
});
