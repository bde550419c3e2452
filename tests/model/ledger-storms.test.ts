import { afterAll, beforeAll, expect, test } from "vitest";
import type { OwnerActor } from "#server/auth/actor.ts";
import type { Ctx } from "#server/context.ts";
import { sqlError } from "#server/db/sql-error.ts";
import { isCityError } from "#server/kernel/errors.ts";
import { newId } from "#server/kernel/ids.ts";
import { chargeBackTopUp } from "#server/ledger/charge-back-top-up.ts";
import { chargeTask } from "#server/ledger/charge-task.ts";
import { checkInvariants } from "#server/ledger/check-invariants.ts";
import { creditTopUp } from "#server/ledger/credit-top-up.ts";
import { failPayout } from "#server/ledger/fail-payout.ts";
import { freezeForDispute } from "#server/ledger/freeze-for-dispute.ts";
import { holdBudget } from "#server/ledger/hold-budget.ts";
import { readPool } from "#server/ledger/read-pool.ts";
import { refundCharge } from "#server/ledger/refund-charge.ts";
import { reinstateTopUp } from "#server/ledger/reinstate-top-up.ts";
import { releaseEscrow } from "#server/ledger/release-escrow.ts";
import { releaseHold } from "#server/ledger/release-hold.ts";
import { repayFromWallets } from "#server/ledger/repay-from-wallets.ts";
import { startPayout } from "#server/ledger/start-payout.ts";
import { unfreezeAfterDispute } from "#server/ledger/unfreeze-after-dispute.ts";
import { returnUnspent } from "#server/payments/return-unspent.ts";
import { type LedgerDatabase, openLedgerDatabase } from "./support/ledger-database.ts";
import { makeWorld } from "./support/ledger-world.ts";
import { ownerActor } from "./support/moments.ts";
import { many, playRounds, ROUNDS } from "./support/rounds.ts";
import { makeTally } from "./support/tally.ts";

let database: LedgerDatabase;
beforeAll(async () => {
  database = await openLedgerDatabase();
});
afterAll(() => database?.drop());

const BUDGET = 700;

test("of 64 holds at once on a pool for ten, exactly ten are made, and the rest is whole after they went back", {
  timeout: 24 * 3_600_000,
}, async () => {
  const { prisma: db } = database;
  const world = await makeWorld(database, makeTally());
  const [ownerId = "", , sellerId = ""] = world.owners;
  const agentId = world.agents[0]?.id ?? "";
  const topUpId = newId();
  const amount = 11 * BUDGET - 1;
  await db.$executeRaw`insert into top_up (id, owner_id, amount, kind, status, created_at)
    values (${topUpId}, ${ownerId}, ${amount}, 'checkout', 'paid', city_now())`;
  await creditTopUp({ db }, { topUpId, ownerId, amount });
  const pool = () => readPool({ db } as unknown as Ctx, ownerId);

  /** The hold and the task it is for, both or neither; null when there is too little. */
  const hold = async (): Promise<string | null> => {
    const id = newId();
    const making = db.$transaction(async (tx) => {
      await holdBudget({ db: tx }, { taskId: id, ownerId, amount: BUDGET });
      await tx.$executeRaw`
        insert into task (id, task_type, buyer_owner_id, agent_id, seller_owner_id, description, max_budget, deadline_at, created_at)
        values (${id}, 'general', ${ownerId}, ${agentId}, ${sellerId}, 'storm', ${BUDGET}, city_now(), city_now())`;
      return id;
    }, PATIENT);
    return making.catch((error) => {
      if (isCityError(error) && error.code === "INSUFFICIENT_CREDITS") return null;
      throw error;
    });
  };
  const giveBack = (id: string) =>
    db.$transaction(async (tx) => {
      await releaseHold({ db: tx }, { taskId: id });
      await tx.$executeRaw`update task set status = 'failed', failure_reason = 'cancelled' where id = ${id}`;
    }, PATIENT);

  await playRounds("64 holds on a pool for ten", ROUNDS, async () => {
    const held = (await many(64, hold)).filter((id) => id !== null);
    expect(held).toHaveLength(10);
    expect(await pool()).toMatchObject({ balance: BUDGET - 1, held: 10 * BUDGET });
    await Promise.all(held.map(giveBack));
    expect(await pool()).toMatchObject({ balance: amount, held: 0 });
  });
  const books = await checkInvariants({ db });
  expect(books.results.filter(({ ok }) => !ok)).toEqual([]);
});

test("of four owners who send money of many top-ups back at once, none waits for another for ever", {
  timeout: 24 * 3_600_000,
}, async () => {
  const { prisma: db } = database;
  const { owners } = await makeWorld(database, makeTally());
  // There is no queue here that the returns could be handed to.
  await database.pool.query(`create schema graphile_worker;
    create function graphile_worker.add_job(text, json) returns void begin atomic; end`);
  const returnAll = async (ownerId: string) => {
    const ctx = { db, actor: ownerActor(ownerId) } as unknown as Ctx<OwnerActor>;
    return (await returnUnspent(ctx, { amount: 12 * BUDGET })).returned;
  };
  await playRounds("four owners send twelve top-ups back", ROUNDS, async () => {
    for (const ownerId of owners) {
      const ids = Array.from({ length: 12 }, () => newId());
      await db.topUp.createMany({
        data: ids.map((id) => ({
          id,
          ownerId,
          amount: BUDGET,
          kind: "checkout",
          status: "paid",
          paymentIntentId: id,
          createdAt: new Date(),
        })),
      });
      for (const topUpId of ids) await creditTopUp({ db }, { topUpId, ownerId, amount: BUDGET });
    }
    expect(await Promise.all(owners.map(returnAll))).toEqual(owners.map(() => 12 * BUDGET));
  });
});

test("owners who sell to each other, owe, earn and withdraw at once never wait for each other for ever", {
  timeout: 24 * 3_600_000,
}, async () => {
  const { prisma: db } = database;
  const [one = "", two = ""] = (await makeWorld(database, makeTally())).owners;
  const agents = { [one]: [newId(), newId()], [two]: [newId(), newId()] };
  const sides = [
    { ownerId: one, sellers: agents[two] ?? [] },
    { ownerId: two, sellers: agents[one] ?? [] },
  ];
  /** What one owner does with one task while the others do the same; the order of the steps is what races. */
  const live = async ({ ownerId, sellers }: { ownerId: string; sellers: string[] }, at: number) => {
    const [taskId, topUpId, withdrawalId] = [newId(), newId(), newId()];
    const [agentId = ""] = at % 2 === 0 ? sellers : sellers.toReversed();
    const task = { taskId, agentId, price: BUDGET };
    await creditTopUp({ db }, { topUpId, ownerId, amount: 2 * BUDGET });
    const held = await holdBudget({ db }, { taskId, ownerId, amount: BUDGET }).catch(refusal);
    if (held === "INSUFFICIENT_CREDITS") return;
    await chargeTask({ db }, task);
    await chargeBackTopUp({ db }, { topUpId, key: "1", ownerId, amount: 2 * BUDGET });
    if (at % 4 > 0) await releaseEscrow({ db }, { taskId });
    const mine = agents[ownerId] ?? [];
    const withdraw = db.$transaction(async (tx) => {
      const { debt } = await repayFromWallets({ db: tx }, { cause: withdrawalId, ownerId, agentIds: mine });
      if (debt > 0) return;
      await startPayout({ db: tx }, { withdrawalId, ownerId, sources: mine.map((id) => ({ agentId: id, amount: 1 })) });
    }, PATIENT);
    await Promise.all([
      withdraw.then(() => failPayout({ db }, { withdrawalId })).catch(refusal),
      freezeForDispute({ db }, { taskId }).catch(refusal),
      at % 3 === 0
        ? refundCharge({ db }, { taskId }).catch(refusal)
        : unfreezeAfterDispute({ db }, { taskId }).catch(refusal),
      reinstateTopUp({ db }, { topUpId, key: "1", ownerId, amount: BUDGET }),
    ]);
  };
  await playRounds("24 lives of two owners", ROUNDS, async () => {
    await many(24, (at) => live(sides[at % 2] ?? { ownerId: "", sellers: [] }, at >> 1));
  });
  const { rows } = await database.pool.query("select sum(balance)::int as sum from ledger.account");
  expect(rows).toEqual([{ sum: 0 }]);
  const beside = await database.pool.query(`select p.name from ledger.account p
    join ledger.account d on d.name = 'receivable:owner:' || substr(p.name, 6) and d.balance < 0
    where p.kind = 'pool' and p.balance > 0`);
  expect(beside.rows).toEqual([]);
});

/** A refusal is an answer; a deadlock that PostgreSQL ended (UNAVAILABLE) is not. */
function refusal(error: unknown): string {
  const answers = ["CONFLICT", "INSUFFICIENT_CREDITS"];
  if (isCityError(error) && answers.includes(error.code)) return error.code;
  if (sqlError(error)?.code === "LG404") return "NOT_FOUND";
  throw error;
}

/** 64 of them wait for ten connections, on a machine that may be busy. */
const PATIENT = { timeout: 60_000, maxWait: 60_000 };
