import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cancelFrozenTasks } from "#server/payments/cancel-frozen-tasks.ts";
import { reconcilePayments } from "#server/payments/reconcile.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { MINUTE } from "#tests/support/durations.ts";
import {
  BAD_REVIEW,
  chargedTask,
  complete,
  GOOD_REVIEW,
  type MoneyCity,
  start,
  startMoneyCity,
  submit,
} from "./support/money-city.ts";
import { makeScene, walletOf, withdrawAll } from "./support/scene.ts";

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

const DISPUTE = { reason: "incomplete", description: "Half of it is missing." } as const;

const rate = (buyer: TestOwner, taskId: string, key?: string) =>
  city.call("POST", `/tasks/${taskId}/feedback`, {
    token: buyer.token,
    body: { rating: "down" },
    ...(key && { headers: { "idempotency-key": key } }),
  });

/** Charges the saved card under an Idempotency-Key. */
const chargeCard = (owner: TestOwner, key: string, amount: number) =>
  city.call("POST", "/vault/top-up", {
    token: owner.token,
    body: { amount, useSavedCard: true },
    headers: { "idempotency-key": key },
  });

test("a refund that is asked for again, with the same key or another, pays once", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const first = await rate(buyer, taskId, "key-1");
  const replayed = await rate(buyer, taskId, "key-1");
  expect(replayed.headers.get("idempotent-replayed")).toBe("true");
  expect(replayed.body).toEqual(first.body);
  expect((await rate(buyer, taskId, "key-2")).status).toBe(409);
  expect((await rate(buyer, taskId)).status).toBe(409);
  expect(await city.pool(buyer)).toEqual({ balance: 10_000, held: 0, debt: 0 });
  expect(await walletOf(seller)).toMatchObject({ escrowed: 0, available: 0, lifetimeEarned: 0 });
});

test("a refund and a dispute on one task take the seller's share once", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const dispute = await buyer.client.tasks.dispute(taskId, DISPUTE);
  expect(await walletOf(seller)).toMatchObject({ escrowed: 0, disputed: 850 });
  expect((await rate(buyer, taskId)).status).toBe(200);
  expect(await walletOf(seller)).toMatchObject({ escrowed: 0, disputed: 0, debt: 0, available: 0 });
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
  const { buyer, seller } = await makeScene(city);
  const [one, two] = [await chargedTask(city, buyer, seller, 1_500), await chargedTask(city, buyer, seller, 1_500)];
  const first = await buyer.client.tasks.dispute(one, DISPUTE);
  await buyer.client.tasks.dispute(two, DISPUTE);
  expect((await rate(buyer, one)).status).toBe(200);
  await expect(buyer.client.disputes.withdraw(first.id)).rejects.toMatchObject({ status: 409 });
  expect(await walletOf(seller)).toMatchObject({ disputed: 850, escrowed: 0, available: 0 });
});

test("a saved card whose charge got no answer is charged once, though the client asks again under its key", async () => {
  const owner = await city.owner("Asks twice");
  await city.topUp(owner, 1_000);
  // As often as the card company's own library tries; then the city has no answer either.
  await city.stripe("POST", "/faults", { kind: "timeout_after_success", path: "/v1/payment_intents", times: 3 });
  expect((await chargeCard(owner, "top-up-1", 2_000)).status).toBe(503);
  expect(await chargeCard(owner, "top-up-1", 2_000)).toMatchObject({
    status: 200,
    body: { data: { amountCharged: 2_000 } },
  });
  await city.idle();
  await city.deliver({ copies: 2 });
  const charged = await city.database.prisma.topUp.findMany({ where: { ownerId: owner.id, kind: "saved_card" } });
  expect(charged.map(({ status }) => status)).toEqual(["paid"]);
  expect(await city.pool(owner)).toMatchObject({ balance: 3_000 });
  await city.stripe("DELETE", "/faults", {});
});

test("a top-up that was given up and tried again is booked, beside the other, when its money comes after all", async () => {
  const owner = await city.owner("Paid late");
  await city.topUp(owner, 1_000);
  await city.stripe("POST", "/faults", { kind: "error_503", path: "/v1/payment_intents", times: 3 });
  expect((await chargeCard(owner, "late-1", 2_000)).status).toBe(503);
  await reconcilePayments(city.ctx(), { settlingMinutes: 0 });
  expect((await chargeCard(owner, "late-1", 2_000)).status).toBe(200);
  const givenUp = await city.database.prisma.topUp.findFirstOrThrow({ where: { ownerId: owner.id, status: "failed" } });
  const { stripeCustomerId } = await city.database.prisma.owner.findUniqueOrThrow({ where: { id: owner.id } });
  const order = { customerId: stripeCustomerId ?? "", amountCents: 2_000, description: "Late" };
  await city.ctx().ports.payments.chargeSavedCard({ ...order, metadata: { topUpId: givenUp.id } }, `late:${owner.id}`);
  expect((await reconcilePayments(city.ctx(), { settlingMinutes: 0 })).unresolved).toEqual([]);
  expect(await city.pool(owner)).toMatchObject({ balance: 5_000 });
});

test("an Idempotency-Key that is taken again after its thirty days charges what it is asked to", async () => {
  const owner = await city.owner("Comes back");
  await city.topUp(owner, 1_000);
  expect((await chargeCard(owner, "monthly", 2_000)).status).toBe(200);
  await city.advance(31 * 24 * 60 * MINUTE);
  const again = await chargeCard(owner, "monthly", 3_000);
  expect(again).toMatchObject({ status: 200, body: { data: { amountCharged: 3_000, newBalance: 6_000 } } });
});

test("all that a frozen owner had waiting is cancelled, though the first hold has repaid the debt when the rest is tried again", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskIds = [await submit(city, buyer, seller, 1_500), await submit(city, buyer, seller, 1_500)];
  await buyer.client.tasks.cancel(taskIds[0] ?? "");
  expect(await cancelFrozenTasks(city.ctx(), { taskIds })).toEqual({ cancelled: 1 });
  expect(await cancelFrozenTasks(city.ctx(), { taskIds })).toEqual({ cancelled: 0 });
  expect(await city.pool(buyer)).toEqual({ balance: 10_000, held: 0, debt: 0 });
});

test("each side adds at most twenty texts to a dispute, and lists count them", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const { id } = await buyer.client.tasks.dispute(taskId, { ...DISPUTE, evidence: "See line 2." });
  const both = { response: "And another thing.", evidence: "A log." };
  for (let at = 0; at < 9; at++) await buyer.client.disputes.respond(id, both);
  const full = { code: "CONFLICT", details: { limit: 20 } };
  await expect(buyer.client.disputes.respond(id, both)).rejects.toMatchObject(full);
  await buyer.client.disputes.respond(id, { response: "The last." });
  await expect(buyer.client.disputes.respond(id, { response: "One more." })).rejects.toMatchObject(full);
  expect((await seller.agent.client.disputes.respond(id, both)).evidence).toHaveLength(22);
  const [listed] = (await buyer.client.disputes.list()).data;
  expect(listed).toMatchObject({ id, evidenceCount: 22 });
  expect(listed).not.toHaveProperty("evidence");
});

test("a hold does not stay when the worker vanishes, and its late delivery changes nothing", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await submit(city, buyer, seller, 1_500);
  await start(seller, taskId);
  await city.advance(31 * MINUTE);
  expect(await buyer.client.tasks.get(taskId)).toMatchObject({ status: "failed", failureReason: "execution_timeout" });
  expect(await city.pool(buyer)).toMatchObject({ balance: 10_000, held: 0 });
  await expect(complete(city, seller, taskId)).rejects.toMatchObject({ status: 409 });
  expect(await buyer.client.tasks.get(taskId)).toMatchObject({ status: "failed" });
});

test("an escrow whose timer passed during a dispute is released when the dispute is withdrawn", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const dispute = await buyer.client.tasks.dispute(taskId, DISPUTE);
  await city.advance(20 * MINUTE);
  expect(await walletOf(seller)).toMatchObject({ available: 0, disputed: 850 });
  await buyer.client.disputes.withdraw(dispute.id);
  expect(await walletOf(seller)).toMatchObject({ available: 850, disputed: 0, escrowed: 0 });
});

test("an escrow is released in time when the dispute was withdrawn before", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const dispute = await buyer.client.tasks.dispute(taskId, DISPUTE);
  await buyer.client.disputes.withdraw(dispute.id);
  expect(await walletOf(seller)).toMatchObject({ available: 0, escrowed: 850 });
  await city.advance(15 * MINUTE);
  expect(await walletOf(seller)).toMatchObject({ available: 850, escrowed: 0 });
});

test("a dispute won after the seller has withdrawn pays the buyer now, and later earnings repay it first", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  await withdrawAll(city, seller);
  const dispute = await buyer.client.tasks.dispute(taskId, DISPUTE);
  expect(dispute.frozenCents).toBe(850);
  expect(await walletOf(seller)).toMatchObject({ disputed: 850, debt: 850, available: 0 });
  const before = await city.pool(buyer);
  await operator.client.disputes.resolve(dispute.id, { winner: "buyer", note: "Half of it is missing." });
  expect(await city.pool(buyer)).toMatchObject({ balance: before.balance + 1_000 });
  expect(await buyer.client.tasks.get(taskId)).toMatchObject({
    status: "refunded",
    dispute: { status: "resolved_buyer" },
  });
  expect(await walletOf(seller)).toMatchObject({ debt: 850, available: 0, lifetimeEarned: 0 });

  await expect(seller.owner.client.vault.withdraw({ amount: 500 })).rejects.toMatchObject({
    code: "CONFLICT",
    details: { debt: 850 },
  });
  await chargedTask(city, buyer, seller, 1_500);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  expect(await walletOf(seller)).toMatchObject({ debt: 0, available: 850 });
});

test("what a dispute finds withdrawn already is owed at once: earnings before the decision cannot be withdrawn too", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  await withdrawAll(city, seller);
  const dispute = await buyer.client.tasks.dispute(taskId, DISPUTE);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  expect(await walletOf(seller)).toMatchObject({ disputed: 850, debt: 0, available: 0 });
  await expect(seller.owner.client.vault.withdraw({ amount: 500 })).rejects.toMatchObject({ status: 402 });
  await operator.client.disputes.resolve(dispute.id, { winner: "buyer", note: "Half of it is missing." });
  // The seller has had 850 and earned 850: the city has lost nothing.
  expect(await walletOf(seller)).toMatchObject({ disputed: 0, debt: 0, available: 0, lifetimeEarned: 850 });
});

test("what was owed for a dispute is gone when the seller wins it or the buyer takes it back", async () => {
  const { buyer, seller } = await makeScene(city);
  const tasks = [await chargedTask(city, buyer, seller, 1_500), await chargedTask(city, buyer, seller, 1_500)];
  await city.advance(15 * MINUTE);
  await withdrawAll(city, seller);
  const [one, two] = await Promise.all(tasks.map((taskId) => buyer.client.tasks.dispute(taskId, DISPUTE)));
  expect(await walletOf(seller)).toMatchObject({ disputed: 1_700, debt: 1_700, available: 0 });
  await operator.client.disputes.resolve(one?.id ?? "", { winner: "agent", note: "It is all there." });
  expect(await walletOf(seller)).toMatchObject({ disputed: 850, debt: 850, available: 0 });
  await buyer.client.disputes.withdraw(two?.id ?? "");
  expect(await walletOf(seller)).toMatchObject({ disputed: 0, debt: 0, available: 0, lifetimeEarned: 1_700 });
});

test("only an operator who is no party decides a dispute, and only the seller's word starts the review", async () => {
  const { buyer, seller } = await makeScene(city);
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
  const { buyer, seller } = await makeScene(city);
  const taskId = await submit(city, buyer, seller, 1_500);
  await start(seller, taskId);
  await complete(city, seller, taskId, BAD_REVIEW);
  expect(await buyer.client.tasks.get(taskId)).toMatchObject({ status: "failed", failureReason: "quality_gate" });
  expect(await city.pool(buyer)).toMatchObject({ balance: 10_000, held: 0 });
  await expect(buyer.client.tasks.dispute(taskId, DISPUTE)).rejects.toMatchObject({ status: 409 });
  await expect(complete(city, seller, taskId, GOOD_REVIEW)).rejects.toMatchObject({ status: 409 });
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
