/**
 * What a dispute does to the seller's money and to the buyer's. Named for a failure known in the field: refund plus
 * dispute deducted twice.
 */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TestOwner } from "#tests/support/city.ts";
import { MINUTE } from "#tests/support/durations.ts";
import { chargedTask, type MoneyCity, startMoneyCity } from "./support/money-city.ts";
import { makeScene, rateDown, walletOf, withdrawAll } from "./support/scene.ts";

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

test("a refund and a dispute on one task take the seller's share once", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const dispute = await buyer.client.tasks.dispute(taskId, DISPUTE);
  expect(await walletOf(seller)).toMatchObject({ escrowed: 0, disputed: 850 });
  expect((await rateDown(city, buyer, taskId)).status).toBe(200);
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
  expect((await rateDown(city, buyer, one)).status).toBe(200);
  await expect(buyer.client.disputes.withdraw(first.id)).rejects.toMatchObject({ status: 409 });
  expect(await walletOf(seller)).toMatchObject({ disputed: 850, escrowed: 0, available: 0 });
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
  const stranger = await city.owner("Stranger");
  for (const someone of [buyer, seller.owner, stranger]) {
    await expect(someone.client.disputes.resolve(dispute.id, resolve)).rejects.toMatchObject({ code: "ACCESS_DENIED" });
  }
  await expect(stranger.client.disputes.get(dispute.id)).rejects.toMatchObject({ code: "DISPUTE_NOT_FOUND" });
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
