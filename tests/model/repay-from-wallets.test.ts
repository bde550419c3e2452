import { afterAll, beforeAll, expect, test } from "vitest";
import { repayFromWallets } from "#server/ledger/repay-from-wallets.ts";
import { type LedgerDatabase, openLedgerDatabase } from "./support/ledger-database.ts";

let database: LedgerDatabase;
beforeAll(async () => {
  database = await openLedgerDatabase();
});
afterAll(() => database?.drop());

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
