import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { listSeals } from "#server/ledger/list-seals.ts";
import { sealLedger } from "#server/ledger/seal-ledger.ts";
import { verifyReceipt } from "#server/ledger/task-receipt.ts";
import { verifyChain } from "#server/ledger/verify-chain.ts";
import { getReceipt } from "#server/payments/get-receipt.ts";
import { reconcilePayments } from "#server/payments/reconcile.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { ownerActor } from "./support/moments.ts";
import {
  BAD_REVIEW,
  chargedTask,
  complete,
  GOOD_REVIEW,
  type MoneyCity,
  newSeller,
  type Seller,
  start,
  startMoneyCity,
  submit,
} from "./support/money-city.ts";

let city: MoneyCity;
let operator: TestOwner;
beforeAll(async () => {
  city = await startMoneyCity();
  operator = await city.owner("Operator");
  await city.database.prisma.owner.update({ where: { id: operator.id }, data: { role: "operator" } });
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
});

const MINUTE = 60_000;
const DISPUTE = { reason: "incomplete", description: "Half of it is missing." } as const;

async function scene(rate = 1_000): Promise<{ buyer: TestOwner; seller: Seller }> {
  const buyer = await city.owner("Buyer");
  const seller = await newSeller(city, rate);
  await city.topUp(buyer, 10_000);
  return { buyer, seller };
}

const wallet = (seller: Seller) => seller.agent.client.vault.getBalance();

async function withdrawAll(seller: Seller, end: "pay" | "leave" = "pay"): Promise<string> {
  await city.connectBank(seller.owner);
  const { available } = await wallet(seller);
  const { id } = await seller.owner.client.vault.withdraw({ amount: available });
  await city.idle();
  if (end === "leave") return id;
  const { payoutId } = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });
  await city.stripe("POST", `/payouts/${payoutId}/pay`, {});
  await city.deliver();
  return id;
}

const rate = (buyer: TestOwner, taskId: string, key?: string) =>
  city.call("POST", `/tasks/${taskId}/feedback`, {
    token: buyer.token,
    body: { rating: "down" },
    ...(key && { headers: { "idempotency-key": key } }),
  });

test("a refund that is asked for again, with the same key or another, pays once", async () => {
  const { buyer, seller } = await scene();
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const first = await rate(buyer, taskId, "key-1");
  const replayed = await rate(buyer, taskId, "key-1");
  expect(replayed.headers.get("idempotent-replayed")).toBe("true");
  expect(replayed.body).toEqual(first.body);
  expect((await rate(buyer, taskId, "key-2")).status).toBe(409);
  expect((await rate(buyer, taskId)).status).toBe(409);
  expect(await city.pool(buyer)).toEqual({ balance: 10_000, held: 0, debt: 0 });
  expect(await wallet(seller)).toMatchObject({ escrowed: 0, available: 0, lifetimeEarned: 0 });
});

test("a refund and a dispute on one task take the seller's share once", async () => {
  const { buyer, seller } = await scene();
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const dispute = await buyer.client.tasks.dispute(taskId, DISPUTE);
  expect(await wallet(seller)).toMatchObject({ escrowed: 0, disputed: 850 });
  expect((await rate(buyer, taskId)).status).toBe(200);
  expect(await wallet(seller)).toMatchObject({ escrowed: 0, disputed: 0, debt: 0, available: 0 });
  await expect(operator.client.disputes.resolve(dispute.id, { winner: "buyer", note: "Yes." })).rejects.toMatchObject({
    status: 409,
  });
  await expect(operator.client.disputes.resolve(dispute.id, { winner: "agent", note: "No." })).rejects.toMatchObject({
    status: 409,
  });
  await expect(buyer.client.disputes.withdraw(dispute.id)).rejects.toMatchObject({ status: 409 });
  expect(await city.pool(buyer)).toEqual({ balance: 10_000, held: 0, debt: 0 });
});

test("a refunded dispute does not free the money of another open one", async () => {
  const { buyer, seller } = await scene();
  const [one, two] = [await chargedTask(city, buyer, seller, 1_500), await chargedTask(city, buyer, seller, 1_500)];
  const first = await buyer.client.tasks.dispute(one, DISPUTE);
  await buyer.client.tasks.dispute(two, DISPUTE);
  expect((await rate(buyer, one)).status).toBe(200);
  await expect(buyer.client.disputes.withdraw(first.id)).rejects.toMatchObject({ status: 409 });
  expect(await wallet(seller)).toMatchObject({ disputed: 850, escrowed: 0, available: 0 });
});

test("a hold does not stay when the worker vanishes, and its late delivery changes nothing", async () => {
  const { buyer, seller } = await scene();
  const taskId = await submit(city, buyer, seller, 1_500);
  await start(seller, taskId);
  await city.advance(31 * MINUTE);
  expect(await buyer.client.tasks.get(taskId)).toMatchObject({ status: "failed", failureReason: "execution_timeout" });
  expect(await city.pool(buyer)).toMatchObject({ balance: 10_000, held: 0 });
  await expect(complete(city, seller, taskId)).rejects.toMatchObject({ status: 409 });
  expect(await buyer.client.tasks.get(taskId)).toMatchObject({ status: "failed" });
});

test("an escrow whose timer passed during a dispute is released when the dispute is withdrawn", async () => {
  const { buyer, seller } = await scene();
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const dispute = await buyer.client.tasks.dispute(taskId, DISPUTE);
  await city.advance(20 * MINUTE);
  expect(await wallet(seller)).toMatchObject({ available: 0, disputed: 850 });
  await buyer.client.disputes.withdraw(dispute.id);
  expect(await wallet(seller)).toMatchObject({ available: 850, disputed: 0, escrowed: 0 });
});

test("an escrow is released in time when the dispute was withdrawn before", async () => {
  const { buyer, seller } = await scene();
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const dispute = await buyer.client.tasks.dispute(taskId, DISPUTE);
  await buyer.client.disputes.withdraw(dispute.id);
  expect(await wallet(seller)).toMatchObject({ available: 0, escrowed: 850 });
  await city.advance(15 * MINUTE);
  expect(await wallet(seller)).toMatchObject({ available: 850, escrowed: 0 });
});

test("a dispute won after the seller has withdrawn pays the buyer now, and later earnings repay it first", async () => {
  const { buyer, seller } = await scene();
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  await withdrawAll(seller);
  const dispute = await buyer.client.tasks.dispute(taskId, DISPUTE);
  expect(dispute.frozenCents).toBe(0);
  const before = await city.pool(buyer);
  await operator.client.disputes.resolve(dispute.id, { winner: "buyer", note: "Half of it is missing." });
  expect(await city.pool(buyer)).toMatchObject({ balance: before.balance + 1_000 });
  expect(await buyer.client.tasks.get(taskId)).toMatchObject({
    status: "refunded",
    dispute: { status: "resolved_buyer" },
  });
  expect(await wallet(seller)).toMatchObject({ debt: 850, available: 0, lifetimeEarned: 0 });

  await expect(seller.owner.client.vault.withdraw({ amount: 500 })).rejects.toMatchObject({
    code: "CONFLICT",
    details: { debt: 850 },
  });
  await chargedTask(city, buyer, seller, 1_500);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  expect(await wallet(seller)).toMatchObject({ debt: 0, available: 850 });
});

test("only an operator who is no party decides a dispute, and only the seller's word starts the review", async () => {
  const { buyer, seller } = await scene();
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const dispute = await buyer.client.tasks.dispute(taskId, { ...DISPUTE, evidence: "See line 2." });
  const resolve = { winner: "agent", note: "It is all there." } as const;
  for (const someone of [buyer, seller.owner]) {
    await expect(someone.client.disputes.resolve(dispute.id, resolve)).rejects.toMatchObject({ code: "ACCESS_DENIED" });
  }
  const stranger = await city.owner("Stranger");
  await expect(stranger.client.disputes.get(dispute.id)).rejects.toMatchObject({ code: "DISPUTE_NOT_FOUND" });
  await expect(stranger.client.disputes.resolve(dispute.id, resolve)).rejects.toMatchObject({
    code: "DISPUTE_NOT_FOUND",
  });
  expect(await buyer.client.disputes.respond(dispute.id, { response: "And line 3." })).toMatchObject({
    status: "open",
  });
  const answered = await seller.agent.client.disputes.respond(dispute.id, { response: "It is there." });
  expect(answered).toMatchObject({ status: "under_review" });
  await operator.client.disputes.resolve(dispute.id, resolve);
  const ended = await buyer.client.disputes.get(dispute.id);
  expect(ended).toMatchObject({ status: "resolved_agent", resolution: resolve.note });
  expect(ended.evidence.map(({ by }) => by)).toEqual(["buyer", "buyer", "seller", "operator"]);
  await expect(operator.client.disputes.resolve(dispute.id, resolve)).rejects.toMatchObject({ status: 409 });
});

test("work that fails the gate costs nothing and earns nothing", async () => {
  const { buyer, seller } = await scene();
  const taskId = await submit(city, buyer, seller, 1_500);
  await start(seller, taskId);
  await complete(city, seller, taskId, BAD_REVIEW);
  expect(await buyer.client.tasks.get(taskId)).toMatchObject({ status: "failed", failureReason: "quality_gate" });
  expect(await city.pool(buyer)).toMatchObject({ balance: 10_000, held: 0 });
  await expect(buyer.client.tasks.dispute(taskId, DISPUTE)).rejects.toMatchObject({ status: 409 });
  await expect(complete(city, seller, taskId, GOOD_REVIEW)).rejects.toMatchObject({ status: 409 });
});

test("a withdrawal waits for the city's own money, says so, and is paid when it has come", async () => {
  await city.stripe("PUT", "/settings", { funds: "pending" });
  const { buyer, seller } = await scene();
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  // What earlier tests brought in is there already; take it out of the way.
  const { availableCents } = await city.ctx().ports.payments.getBalance();
  if (availableCents >= 850) await drain(availableCents);
  const id = await withdrawAll(seller, "leave");
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
  const { buyer, seller } = await scene();
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  await city.stripe("POST", "/faults", { kind: "transfer_refused" });
  const id = await withdrawAll(seller, "leave");
  const row = () => city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });
  expect(await row()).toMatchObject({ status: "processing", transferId: null });
  await reconcilePayments(city.ctx(), { settlingMinutes: 0 });
  await reconcilePayments(city.ctx(), { settlingMinutes: 0 });
  await city.stripe("POST", `/payouts/${(await row()).payoutId}/pay`, {});
  await city.deliver();
  expect(await row()).toMatchObject({ status: "paid" });
  expect(await wallet(seller)).toMatchObject({ available: 0 });
});

test("a withdrawal to an account that was restricted meanwhile returns to the wallet, and the next is refused", async () => {
  const { buyer, seller } = await scene();
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
  expect(await wallet(seller)).toMatchObject({ available: 850 });
  await city.deliver();
  await expect(seller.owner.client.vault.withdraw({ amount: 500 })).rejects.toMatchObject({ code: "INVALID_STATE" });
  expect(await seller.owner.client.vault.connectStatus()).toMatchObject({ payoutsEnabled: false });
});

test("a payout the bank sends back returns to the wallet, and its transfer to the city", async () => {
  const { buyer, seller } = await scene();
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  const id = await withdrawAll(seller);
  const { payoutId, transferId } = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });
  await city.stripe("POST", `/payouts/${payoutId}/fail`, {});
  await city.deliver();
  expect(await city.database.prisma.withdrawal.findUnique({ where: { id } })).toMatchObject({
    status: "failed",
    paidAt: null,
  });
  expect(await wallet(seller)).toMatchObject({ available: 850 });
  expect(await city.ctx().ports.payments.getTransfer(transferId ?? "")).toMatchObject({
    amountCents: 850,
    reversedCents: 850,
  });
});

test("a forged or changed Stripe event is refused and does nothing", async () => {
  const body = JSON.stringify({ id: "evt_forged", type: "payout.paid", object: "event" });
  for (const signature of ["", "t=1,v1=00", `t=${Math.floor(Date.now() / 1000)},v1=${"0".repeat(64)}`]) {
    const answer = await fetch(`${city.url}/api/webhooks/stripe`, {
      method: "POST",
      body,
      headers: { "stripe-signature": signature },
    });
    expect(answer.status).toBe(400);
  }
  expect(await city.database.prisma.stripeEvent.findUnique({ where: { id: "evt_forged" } })).toBeNull();
});

test("a task's receipt is proven by the published chain, and a changed figure is not", async () => {
  const { buyer, seller } = await scene();
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  await sealLedger(city.ctx());
  const receipt = await getReceipt(city.ctx(ownerActor(buyer.id)) as Parameters<typeof getReceipt>[0], { id: taskId });
  const seals = await listSeals(city.ctx(), { limit: 10_000 });
  const published = new Map(seals.map(({ no, hash }) => [no, hash]));
  expect(receipt.lines.map(({ reference }) => reference)).toEqual([`task:${taskId}:hold`, `task:${taskId}:charge`]);
  expect(verifyReceipt(receipt, published)).toBe(true);
  const [first] = receipt.lines;
  const forged = { ...receipt, lines: [{ ...first, text: first?.text.replace("1500", "1400") ?? "" }] };
  expect(verifyReceipt(forged as typeof receipt, published)).toBe(false);
});

test("a changed, a removed and an added row are each found by the hash chain", async () => {
  await sealLedger(city.ctx());
  expect((await verifyChain(city.ctx())).problems).toEqual([]);
  const tamper = async (sql: string) => {
    const client = await city.database.pool.connect();
    try {
      // Someone with every right on the server: the triggers are off for this session.
      await client.query("begin; set local session_replication_role = replica");
      await client.query(sql);
      const rows = await client.query("select count(*) from ledger.transaction");
      expect(rows.rowCount).toBe(1);
      await client.query("commit");
    } finally {
      client.release();
    }
  };
  const kept = await city.database.pool.query("select amount from ledger.posting where transaction_id = 1 and leg = 1");
  await tamper("update ledger.posting set amount = amount + 1 where transaction_id = 1 and leg = 1");
  expect((await verifyChain(city.ctx())).ok).toBe(false);
  await tamper(`update ledger.posting set amount = ${kept.rows[0].amount} where transaction_id = 1 and leg = 1`);
  expect((await verifyChain(city.ctx())).ok).toBe(true);
  await tamper(
    "create table kept as select * from ledger.transaction where id = 1; delete from ledger.transaction where id = 1",
  );
  expect((await verifyChain(city.ctx())).ok).toBe(false);
  await tamper("insert into ledger.transaction overriding system value select * from kept; drop table kept");
  expect((await verifyChain(city.ctx())).ok).toBe(true);
});

test("history cannot be changed by the application", async () => {
  for (const sql of [
    "update ledger.posting set amount = 1",
    "delete from ledger.transaction",
    "truncate ledger.posting",
    "delete from ledger.seal",
    "update ledger.account set name = 'x'",
  ]) {
    await expect(city.database.pool.query(sql), sql).rejects.toMatchObject({ code: "LG405" });
  }
});
