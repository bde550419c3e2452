import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { processWithdrawal } from "#server/payments/process-withdrawal.ts";
import { reconcilePayments } from "#server/payments/reconcile.ts";
import type { Transfer } from "#server/ports/payments.ts";
import { MINUTE } from "#tests/support/durations.ts";
import { chargedTask, type MoneyCity, newSeller, startMoneyCity } from "./support/money-city.ts";
import { makeScene, walletOf, withdrawAll } from "./support/scene.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
});

test("a withdrawal waits for the city's own money, says so, and is paid when it has come", async () => {
  await city.stripe("PUT", "/settings", { funds: "pending" });
  const { buyer, seller } = await makeScene(city);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  // What earlier tests brought in is there already; take it out of the way.
  const { availableCents } = await city.ctx().ports.payments.getBalance();
  if (availableCents >= 850) await drain(availableCents);
  const id = await withdrawAll(city, seller, "leave");
  const { data } = await seller.owner.client.vault.listWithdrawals();
  expect(data[0]).toMatchObject({ id, status: "processing" });
  expect(data[0]?.failure).toContain("Waiting");
  await city.stripe("POST", "/funds/release", {});
  await city.stripe("PUT", "/settings", { funds: "now" });
  await reconcilePayments(city.ctx(), { settlingMinutes: 0 });
  const { payoutId } = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });
  await city.stripe("POST", `/payouts/${payoutId}/pay`, {});
  await city.deliver();
  expect(await city.database.prisma.withdrawal.findUnique({ where: { id } })).toMatchObject({
    status: "paid",
    failure: null,
  });
});

/** Moves the platform's available balance to an account of nobody here. */
async function drain(amount: number): Promise<void> {
  const { payments } = city.ctx().ports;
  const account = await payments.createAccount(
    { email: "drain@example.com", metadata: {} },
    `drain-account:${Date.now()}`,
  );
  await city.stripe("POST", `/onboard/${account.id}`, {});
  const order = { accountId: account.id, amountCents: amount, transferGroup: "drain", metadata: {} };
  await payments.createTransfer(order, `drain:${account.id}`);
}

test("a transfer refused for lack of balance is tried again under a new key, and paid once", async () => {
  const { buyer, seller } = await makeScene(city);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  await city.stripe("POST", "/faults", { kind: "transfer_refused" });
  const id = await withdrawAll(city, seller, "leave");
  const row = () => city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });
  expect(await row()).toMatchObject({ status: "processing", transferId: null });
  await reconcilePayments(city.ctx(), { settlingMinutes: 0 });
  await reconcilePayments(city.ctx(), { settlingMinutes: 0 });
  await city.stripe("POST", `/payouts/${(await row()).payoutId}/pay`, {});
  await city.deliver();
  expect(await row()).toMatchObject({ status: "paid" });
  expect(await walletOf(seller)).toMatchObject({ available: 0 });
});

test("a withdrawal to an account that was restricted meanwhile returns to the wallet, and the next is refused", async () => {
  const { buyer, seller } = await makeScene(city);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  await city.connectBank(seller.owner);
  const { stripeAccountId } = await city.database.prisma.connectAccount.findUniqueOrThrow({
    where: { ownerId: seller.owner.id },
  });
  // The event that tells of it is still on its way.
  await city.stripe("POST", `/restrict/${stripeAccountId}`, {});
  const { id } = await seller.owner.client.vault.withdraw({ amount: 850 });
  await city.idle();
  await reconcilePayments(city.ctx(), { settlingMinutes: 0 });
  expect(await city.database.prisma.withdrawal.findUnique({ where: { id } })).toMatchObject({ status: "failed" });
  expect(await walletOf(seller)).toMatchObject({ available: 850 });
  await city.deliver();
  await expect(seller.owner.client.vault.withdraw({ amount: 500 })).rejects.toMatchObject({ code: "INVALID_STATE" });
  expect(await seller.owner.client.vault.connectStatus()).toMatchObject({ payoutsEnabled: false });
});

test("a payout the bank sends back returns to the wallet, and its transfer to the city", async () => {
  const { buyer, seller } = await makeScene(city);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  const id = await withdrawAll(city, seller);
  const { payoutId, transferId } = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });
  await city.stripe("POST", `/payouts/${payoutId}/fail`, {});
  await city.deliver();
  expect(await city.database.prisma.withdrawal.findUnique({ where: { id } })).toMatchObject({
    status: "failed",
    paidAt: null,
  });
  expect(await walletOf(seller)).toMatchObject({ available: 850 });
  expect(await city.ctx().ports.payments.getTransfer(transferId ?? "")).toMatchObject({
    amountCents: 850,
    reversedCents: 850,
  });
});

test.each([401, 403, 400])(
  "a transfer whose answer was lost stays out of the wallet when the next try is refused with %i, and is made once",
  async (status) => {
    const { buyer, seller } = await makeScene(city);
    await chargedTask(city, buyer, seller, 1_500);
    await city.advance(15 * MINUTE);
    // The card company's own package tries three times in all; the next try is ours.
    await city.stripe("POST", "/faults", { kind: "timeout_after_success", path: "/v1/transfers", times: 3 });
    await city.stripe("POST", "/faults", { kind: "refused_unread", path: "/v1/transfers", status });
    const id = await withdrawAll(city, seller, "leave");
    const again = () => processWithdrawal(city.ctx(), { withdrawalId: id });
    await again().catch((error) => expect(error).toMatchObject({ kind: "unavailable" }));
    expect(await walletOf(seller)).toMatchObject({ available: 0 });
    expect(await again()).toEqual({ state: "processing" });
    const { payoutId } = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });
    await city.stripe("POST", `/payouts/${payoutId}/pay`, {});
    await city.deliver();
    const transfers: Transfer[] = [];
    const mine = { since: "2020-01-01T00:00:00Z", metadata: { withdrawalId: id } };
    for await (const transfer of city.ctx().ports.payments.list("transfer", mine)) transfers.push(transfer);
    expect(transfers).toMatchObject([{ amountCents: 850, reversedCents: 0 }]);
    expect(await city.database.prisma.withdrawal.findUnique({ where: { id } })).toMatchObject({ status: "paid" });
  },
);

test("what one agent owes is repaid from another's wallet before a withdrawal, and only if it covers it", async () => {
  const { buyer, seller } = await makeScene(city);
  const sibling = await newSeller(city, 1_000, seller.owner);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  await withdrawAll(city, seller);
  await buyer.client.tasks.dispute(taskId, { reason: "other", description: "Not it." });
  expect(await walletOf(seller)).toMatchObject({ debt: 850, disputed: 850, available: 0 });

  const withdraw = (amount: number) => seller.owner.client.vault.withdraw({ amount });
  await sibling.agent.client.tasks.listSubmitted();
  await chargedTask(city, buyer, sibling, 1_500);
  await expect(withdraw(500)).rejects.toMatchObject({ code: "CONFLICT", details: { debt: 850 } });
  await city.advance(15 * MINUTE);
  await expect(withdraw(500)).rejects.toMatchObject({ details: { required: 500, available: 0 } });
  expect(await walletOf(sibling)).toMatchObject({ available: 850 });
  await sibling.agent.client.tasks.listSubmitted();
  await chargedTask(city, buyer, sibling, 1_500);
  await city.advance(15 * MINUTE);
  await withdraw(600);
  expect(await walletOf(sibling)).toMatchObject({ available: 250, lifetimeEarned: 1_700 });
  expect(await walletOf(seller)).toMatchObject({ debt: 0, disputed: 850 });
});

test("a withdrawal from one agent's wallet keeps what another's wallet covers of a third one's debt", async () => {
  const { buyer, seller } = await makeScene(city);
  const others = [await newSeller(city, 1_000, seller.owner), await newSeller(city, 1_000, seller.owner)] as const;
  const [sibling, debtor] = others;
  const taskId = await chargedTask(city, buyer, debtor, 1_500);
  await city.advance(15 * MINUTE);
  await withdrawAll(city, debtor);
  await buyer.client.tasks.dispute(taskId, { reason: "other", description: "Not it." });
  for (const earner of [seller, sibling]) {
    await earner.agent.client.tasks.listSubmitted();
    await chargedTask(city, buyer, earner, 1_500);
  }
  await city.advance(15 * MINUTE);
  await seller.owner.client.vault.withdraw({ amount: 850, agentId: seller.agent.id });
  expect(await walletOf(sibling)).toMatchObject({ available: 0 });
  expect(await walletOf(debtor)).toMatchObject({ debt: 0, disputed: 850 });
});
