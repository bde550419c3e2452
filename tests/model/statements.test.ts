import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TestOwner } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { DAY, MINUTE } from "#tests/support/durations.ts";
import { chargedTask, type MoneyCity, newSeller, startMoneyCity, submit } from "./support/money-city.ts";
import { walletOf, withdrawAll } from "./support/scene.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
  // Early in a month, so that all of the test is in one.
  const { rows } = await city.database.pool.query(
    "select extract(epoch from date_trunc('month', city_now()) + interval '1 month 1 day' - city_now()) as seconds",
  );
  await city.advance(Math.round(rows[0].seconds * 1_000));
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
});

const cents = (dollars: string | undefined) => Math.round(Number(dollars) * 100);

type Line = { type: string; amount: number; balance: number };

/** An owner's statement of the month it is now. */
async function statementOf(owner: TestOwner): Promise<{ lines: Line[]; opening: number; closing: number }> {
  const { rows } = await city.database.pool.query("select to_char(city_now() at time zone 'UTC', 'YYYY-MM') as month");
  const { csv } = await (await dashboardOf(city, owner)).vault.getStatement.query({ month: rows[0].month });
  const [header, ...cells] = csv
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
  expect(header?.slice(1, 5)).toEqual(["type", "description", "amount_usd", "balance_usd"]);
  const all = cells.map(([, type = "", , amount, balance]) => ({
    type,
    amount: cents(amount),
    balance: cents(balance),
  }));
  expect([all.at(0)?.type, all.at(-1)?.type]).toEqual(["opening_balance", "closing_balance"]);
  return {
    lines: all.slice(1, -1),
    opening: all.at(0)?.balance ?? Number.NaN,
    closing: all.at(-1)?.balance ?? Number.NaN,
  };
}

const sum = (lines: { amount: number }[]) => lines.reduce((total, { amount }) => total + amount, 0);

async function transactionsOf(owner: TestOwner) {
  const all = [];
  for await (const row of owner.client.vault.listTransactions({ pageSize: 100 })) all.push(row);
  return all;
}

test("a statement's lines add up to what its month changed, and the amounts of all transactions to the balance", async () => {
  const buyer = await city.owner("Buyer");
  const seller = await newSeller(city, 300);
  const rich = await newSeller(city, 1_000);
  const { paymentId } = await city.topUp(buyer, 1_000);
  await city.topUp(buyer, 9_000);
  // Charged and kept; charged and given back; called off; paid out; returned by the bank; charged back; sent back.
  await chargedTask(city, buyer, seller, 1_500);
  const disliked = await chargedTask(city, buyer, seller, 1_500);
  await buyer.client.tasks.giveFeedback(disliked, "down");
  await buyer.client.tasks.cancel(await submit(city, buyer, seller, 700));
  await chargedTask(city, buyer, rich, 1_000);
  await city.advance(15 * MINUTE);
  await withdrawAll(city, rich);
  await chargedTask(city, buyer, rich, 1_000);
  await city.advance(15 * MINUTE);
  const returned = await withdrawAll(city, rich, "leave");
  const { payoutId } = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id: returned } });
  await city.stripe("POST", `/payouts/${payoutId}/fail`, {});
  await city.stripe("POST", `/chargeback/${paymentId}`, {});
  await city.deliver();
  await city.call("POST", "/vault/return", { token: buyer.token, body: { amount: 400 } });
  await city.idle();

  const available = async (owner: TestOwner) =>
    owner === buyer
      ? (await city.pool(buyer)).balance
      : (await walletOf(owner === rich.owner ? rich : seller)).available;
  const closings = new Map<TestOwner, number>();
  for (const owner of [buyer, seller.owner, rich.owner]) {
    const { lines, opening, closing } = await statementOf(owner);
    expect(opening).toBe(0);
    expect(sum(lines)).toBe(closing);
    expect(closing).toBe(await available(owner));
    expect(lines.at(-1)?.balance).toBe(closing);
    const all = await transactionsOf(owner);
    expect(sum(all)).toBe(closing);
    expect(all.filter(({ amount }) => amount !== 0)).toHaveLength(lines.length);
    closings.set(owner, closing);
  }
  // A task is one payment: what was held less what came back.
  const kept = (await transactionsOf(buyer)).filter(({ taskId }) => taskId === disliked);
  expect(sum(kept)).toBe(0);
  expect(kept.find(({ type }) => type === "charge")).toMatchObject({ amount: 0, moved: 255 });

  await city.advance(31 * DAY);
  await city.topUp(buyer, 600);
  const { lines, opening, closing } = await statementOf(buyer);
  expect(opening).toBe(closings.get(buyer));
  expect(lines).toMatchObject([{ type: "top_up", amount: 600 }]);
  expect(closing).toBe(opening + 600);
});
