import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { MINUTE } from "#tests/support/durations.ts";
import { chargedTask, type MoneyCity, newSeller, start, startMoneyCity, submit } from "./support/money-city.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
});

test("money goes from the buyer's card to the seller's bank, less the fee, and the books agree", async () => {
  const buyer = await city.owner("Buyer");
  const seller = await newSeller(city, 1_000);
  await city.topUp(buyer, 5_000);
  expect(await city.pool(buyer)).toMatchObject({ balance: 5_000, held: 0 });
  await chargedTask(city, buyer, seller, 1_500);
  expect(await city.pool(buyer)).toMatchObject({ balance: 4_000, held: 0 });
  expect(await seller.agent.client.vault.getBalance()).toMatchObject({ escrowed: 850, available: 0 });
  await city.advance(15 * MINUTE);
  expect(await seller.agent.client.vault.getBalance()).toMatchObject({ escrowed: 0, available: 850 });

  await city.connectBank(seller.owner);
  const asked = await seller.owner.client.vault.withdraw({ amount: 800 });
  expect(asked).toMatchObject({
    status: "requested",
    amount: 800,
    sources: [{ agentId: seller.agent.id, amount: 800 }],
  });
  await city.idle();
  const { payoutId } = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id: asked.id } });
  await city.stripe("POST", `/payouts/${payoutId}/pay`, {});
  await city.deliver();
  const { data } = await seller.owner.client.vault.listWithdrawals();
  expect(data[0]).toMatchObject({ id: asked.id, status: "paid" });
  expect(await seller.agent.client.vault.getBalance()).toMatchObject({ available: 50, lifetimeEarned: 850 });
});

test("a withdrawal is refused without e-mail, without bank, below the minimum, above the balance, and moves nothing", async () => {
  const buyer = await city.owner("Buyer");
  const seller = await newSeller(city, 1_000);
  await city.topUp(buyer, 5_000);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  const withdraw = (amount: number) => seller.owner.client.vault.withdraw({ amount });
  await expect(withdraw(600)).rejects.toMatchObject({ code: "INVALID_STATE", details: { status: "email_unverified" } });
  await city.database.prisma.owner.update({ where: { id: seller.owner.id }, data: { emailVerifiedAt: new Date() } });
  await expect(withdraw(600)).rejects.toMatchObject({ code: "INVALID_STATE", details: { status: "not_connected" } });
  await city.connectBank(seller.owner);
  await expect(withdraw(499)).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  await expect(withdraw(851)).rejects.toMatchObject({
    code: "INSUFFICIENT_CREDITS",
    details: { required: 851, available: 850 },
  });
  expect(await seller.agent.client.vault.getBalance()).toMatchObject({ available: 850 });
});

test.each([-1, 0, 499, 500.5, 1_000_001, 1e12, "500", null])(
  "a top-up of %s is refused and moves nothing",
  async (amount) => {
    const owner = await city.owner("Buyer");
    const { status, body } = await city.call("POST", "/vault/top-up", { token: owner.token, body: { amount } });
    expect([status, body.error?.code]).toEqual([400, "VALIDATION_ERROR"]);
    expect(await city.pool(owner)).toMatchObject({ balance: 0 });
  },
);

test("a chargeback of spent money becomes a debt, freezes the owner, cancels what nobody took, and is paid first", async () => {
  const buyer = await city.owner("Buyer");
  const seller = await newSeller(city, 1_000);
  const { paymentId } = await city.topUp(buyer, 3_000);
  await chargedTask(city, buyer, seller, 1_500);
  const waiting = await submit(city, buyer, seller, 1_200);
  await city.stripe("POST", `/chargeback/${paymentId}`, {});
  await city.deliver();
  expect(await buyer.client.tasks.get(waiting)).toMatchObject({ status: "failed", failureReason: "cancelled" });
  // 3,000 in, 1,000 spent: when it was taken back 800 were free and 1,200 held; the cancelled hold repaid its part later.
  expect(await city.pool(buyer)).toEqual({ balance: 0, held: 0, debt: 1_000 });
  await expect(submit(city, buyer, seller, 1_000)).rejects.toMatchObject({ code: "ACCESS_DENIED" });

  await city.topUp(buyer, 2_500);
  expect(await city.pool(buyer)).toEqual({ balance: 1_500, held: 0, debt: 0 });
  await submit(city, buyer, seller, 1_000);
});

test("money that comes back to a frozen buyer pays the debt, and the buyer can spend the rest at once", async () => {
  const buyer = await city.owner("Buyer");
  const seller = await newSeller(city, 1_000);
  const { paymentId } = await city.topUp(buyer, 1_000);
  await city.topUp(buyer, 2_000);
  await chargedTask(city, buyer, seller, 1_000);
  const begun = await submit(city, buyer, seller, 1_200);
  await start(seller, begun);
  await city.stripe("POST", `/chargeback/${paymentId}`, {});
  await city.deliver();
  expect(await city.pool(buyer)).toEqual({ balance: 0, held: 1_200, debt: 200 });
  await seller.agent.client.tasks.fail(begun, { reason: "Too hard." });
  expect(await city.pool(buyer)).toEqual({ balance: 1_000, held: 0, debt: 0 });
  const { data } = await buyer.client.vault.listTransactions({ pageSize: 2 });
  expect(data.map(({ description, amount }) => [description, amount])).toEqual([
    ["Debt repaid", -200],
    ["Unused budget returned", 1_200],
  ]);
  await submit(city, buyer, seller, 1_000);
});

test("a chargeback that is won gives the money again", async () => {
  const buyer = await city.owner("Buyer");
  const { paymentId } = await city.topUp(buyer, 3_000);
  const dispute = await city.stripe<{ id: string }>("POST", `/chargeback/${paymentId}`, {});
  await city.deliver();
  expect(await city.pool(buyer)).toMatchObject({ balance: 0, debt: 0 });
  await city.stripe("POST", `/disputes/${dispute.id}/close`, { won: true });
  await city.deliver();
  expect(await city.pool(buyer)).toMatchObject({ balance: 3_000, debt: 0 });
});

test("unspent card money goes back to its card, and into the pool again when the bank refuses it", async () => {
  const buyer = await city.owner("Buyer");
  await city.topUp(buyer, 3_000);
  const { status, body } = await city.call("POST", "/vault/return", { token: buyer.token, body: { amount: 2_000 } });
  expect([status, body.data]).toEqual([200, { returned: 2_000, newBalance: 1_000 }]);
  await city.idle();
  await city.deliver();
  expect(await city.pool(buyer)).toMatchObject({ balance: 1_000 });
  const refund = await city.database.pool.query<{ id: string }>(
    "select data->>'id' as id from stripe_stand_in.object where kind = 'refund' order by data->>'created' desc limit 1",
  );
  await city.stripe("POST", `/refunds/${refund.rows[0]?.id}/fail`, {});
  await city.deliver();
  expect(await city.pool(buyer)).toMatchObject({ balance: 3_000 });
});

test("starter credits cannot be sent to a card", async () => {
  const buyer = await city.owner("Buyer");
  const { status, body } = await city.call("POST", "/vault/return", { token: buyer.token, body: { amount: 100 } });
  expect([status, body.error?.code]).toEqual([402, "INSUFFICIENT_CREDITS"]);
});
