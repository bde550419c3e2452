import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkInvariants } from "#server/ledger/check-invariants.ts";
import { checkLately } from "#server/ledger/check-lately.ts";
import { repayFromWallets } from "#server/ledger/repay-from-wallets.ts";
import { verifyChain } from "#server/ledger/verify-chain.ts";
import { ledgerCommands } from "./support/ledger-commands.ts";
import { type LedgerDatabase, openLedgerDatabase } from "./support/ledger-database.ts";
import { makeWorld } from "./support/ledger-world.ts";
import { sealAll } from "./support/seal-all.ts";
import { makeTally, replay, runsOf, totalOf } from "./support/tally.ts";

const RUNS = runsOf(12);
const COMMANDS = 300;

let database: LedgerDatabase;
beforeAll(async () => {
  database = await openLedgerDatabase();
});
afterAll(() => database?.drop());

test("every move does to every balance what the contract says, or leaves no trace", {
  timeout: 3_600_000,
}, async ({ task }) => {
  const started = Date.now();
  const tally = makeTally();
  const { seed, path } = replay();
  await fc.assert(
    fc.asyncProperty(fc.commands(ledgerCommands, { maxCommands: COMMANDS, size: "max" }), async (commands) => {
      const world = await makeWorld(database, tally);
      await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
    }),
    { numRuns: RUNS, seed, endOnFailure: process.env.MODEL_SHRINK !== "1", ...(path && { path }) },
  );
  task.meta.figures = {
    title: "money in the ledger alone",
    seconds: Math.round((Date.now() - started) / 1_000),
    accepted: Object.fromEntries(tally.accepted),
    refused: Object.fromEntries(tally.refused),
    rare: [],
  };
  console.log(`ledger machine: seed ${seed}, ${totalOf(tally.accepted)} accepted moves`);

  const books = await checkInvariants({ db: database.prisma });
  expect(books.results.filter(({ ok }) => !ok)).toEqual([]);
  const names = [
    "topUp",
    "grant",
    "hold",
    "charge",
    "returnHold",
    "refund",
    "release",
    "freeze",
    "unfreeze",
    "takeBack",
    "giveAgain",
    "returnUnspent",
    "undoReturn",
    "repay",
    "startPayout",
    "settlePayout",
    "failPayout",
    "repeat",
  ];
  // Not vacuous: each kind of move was made, and often enough.
  for (const name of names)
    expect(tally.accepted.get(name) ?? 0, name).toBeGreaterThanOrEqual(path ? 0 : Math.ceil(RUNS / 12));
  expect(totalOf(tally.refused)).toBeGreaterThan(path ? -1 : RUNS / 2);
});

test("what the machine did verifies in the hash chain, to the last transaction", async () => {
  const ctx = { db: database.prisma } as unknown as Parameters<typeof sealAll>[0];
  await sealAll(ctx);
  const chain = await verifyChain(ctx);
  expect(chain.problems).toEqual([]);
  expect(chain.unsealed).toBe(0);
  expect(chain.transactions).toBeGreaterThan(RUNS);
});

test("in a large ledger the check of each minute looks at whoever's money moved lately, and finds what is wrong", async () => {
  const ctx = { db: database.prisma } as unknown as Parameters<typeof checkLately>[0];
  expect((await checkLately(ctx)).ok).toBe(true);
  // As if it were large; the planner's estimate is what is asked.
  await database.pool.query("update pg_class set reltuples = 1e9 where oid = 'ledger.posting'::regclass");
  const latest = "(select from_account from ledger.posting order by transaction_id desc limit 1)";
  const [{ id, kind }] = (await database.pool.query(`select id, kind from ledger.account where id = ${latest}`)).rows;
  expect((await checkLately(ctx)).ok).toBe(true);
  await database.pool.query("update ledger.account set balance = balance + 1 where id = $1", [id]);
  expect([kind, (await checkLately(ctx)).ok]).toEqual([kind, false]);
  await database.pool.query("update ledger.account set balance = balance - 1 where id = $1", [id]);
  expect((await checkLately(ctx)).ok).toBe(true);
});

test("several wallets, in the order they are named in, repay several debts to the cent, once a cause", async () => {
  const [ownerId, ...agentIds] = ["debts", "debts-1", "debts-2", "debts-3"] as const;
  const accounts = [
    ...agentIds.flatMap((id) => [`wallet:${id}`, `receivable:agent:${id}`]),
    `receivable:owner:${ownerId}`,
  ];
  const set = (reference: string, from: string[], to: string[], amounts: number[]) =>
    database.pool.query(
      "select ledger.post($1, 'test', $2, $3, $4, array_fill('test'::text, array[cardinality($2::text[])]))",
      [reference, from, to, amounts],
    );
  const balances = async () => {
    const { rows } = await database.pool.query("select ledger.balance_of(n)::int as n from unnest($1::text[]) as n", [
      accounts,
    ]);
    return rows.map(({ n }) => n);
  };
  const owing = ["receivable:agent:debts-1", "receivable:agent:debts-3", `receivable:owner:${ownerId}`];
  await set("debts-a", ["promo:00", "promo:00"], ["wallet:debts-2", "wallet:debts-3"], [100, 60]);
  await set("debts-b", owing, ["promo:00", "promo:00", "promo:00"], [70, 20, 50]);
  const repay = (cause: string) =>
    repayFromWallets({ db: database.prisma }, { cause, ownerId, agentIds: [...agentIds].reverse() });
  expect(await repay("one")).toEqual({ fresh: true, debt: 0 });
  expect(await balances()).toEqual([0, 0, 20, 0, 0, 0, 0]);
  const { rows } = await database.pool.query(`
    select f.name as from, d.name as to, p.amount::int from ledger.transaction t join ledger.posting p on p.transaction_id = t.id
    join ledger.account f on f.id = p.from_account join ledger.account d on d.id = p.to_account
    where t.reference = 'owner:debts:debt_repaid:one' order by p.leg`);
  expect(rows.map(({ from, to, amount }) => [from, to, amount])).toEqual([
    ["wallet:debts-3", "receivable:agent:debts-1", 60],
    ["wallet:debts-2", "receivable:agent:debts-1", 10],
    ["wallet:debts-2", "receivable:agent:debts-3", 20],
    ["wallet:debts-2", "receivable:owner:debts", 50],
  ]);
  await set("debts-c", owing.slice(1), ["promo:00", "promo:00"], [5, 30]);
  expect(await repay("one")).toEqual({ fresh: false, debt: 35 });
  expect(await repay("two")).toEqual({ fresh: true, debt: 15 });
  expect(await balances()).toEqual([0, 0, 0, 0, 0, 0, -15]);
});
