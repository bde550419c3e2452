/**
 * What a buyer gets back. Named for failures known in the field: a retried refund that pays twice, and escrow stuck when
 * the worker vanishes.
 */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cancelFrozenTasks } from "#server/payments/cancel-frozen-tasks.ts";
import { MINUTE } from "#tests/support/durations.ts";
import {
  BAD_REVIEW,
  chargedTask,
  complete,
  GOOD_REVIEW,
  type MoneyCity,
  newSeller,
  start,
  startMoneyCity,
  submit,
} from "./support/money-city.ts";
import { makeScene, rateDown, walletOf } from "./support/scene.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
});

test("a refund that is asked for again, with the same key or another, pays once", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const first = await rateDown(city, buyer, taskId, "key-1");
  const replayed = await rateDown(city, buyer, taskId, "key-1");
  expect(replayed.headers.get("idempotent-replayed")).toBe("true");
  expect(replayed.body).toEqual(first.body);
  expect((await rateDown(city, buyer, taskId, "key-2")).status).toBe(409);
  expect((await rateDown(city, buyer, taskId)).status).toBe(409);
  expect(await city.pool(buyer)).toEqual({ balance: 10_000, held: 0, debt: 0 });
  expect(await walletOf(seller)).toMatchObject({ escrowed: 0, available: 0, lifetimeEarned: 0 });
});

test("what a buyer says with its thumb is read by both sides", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  const said = { feedback: "down", feedbackComment: "The wrong file." };
  expect(await buyer.client.tasks.giveFeedback(taskId, "down", "The wrong file.")).toMatchObject(said);
  expect(await buyer.client.tasks.get(taskId)).toMatchObject(said);
  expect(await seller.agent.client.tasks.get(taskId)).toMatchObject(said);
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

test("work that fails the gate costs nothing and earns nothing", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await submit(city, buyer, seller, 1_500);
  await start(seller, taskId);
  await complete(city, seller, taskId, BAD_REVIEW);
  expect(await buyer.client.tasks.get(taskId)).toMatchObject({ status: "failed", failureReason: "quality_gate" });
  expect(await city.pool(buyer)).toMatchObject({ balance: 10_000, held: 0 });
  const dispute = buyer.client.tasks.dispute(taskId, { reason: "incomplete", description: "Half of it is missing." });
  await expect(dispute).rejects.toMatchObject({ status: 409 });
  await expect(complete(city, seller, taskId, GOOD_REVIEW)).rejects.toMatchObject({ status: 409 });
});

test("all that a frozen owner had waiting is cancelled, though the first hold has repaid the debt when the rest is tried again", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskIds = [await submit(city, buyer, seller, 1_500), await submit(city, buyer, seller, 1_500)];
  await buyer.client.tasks.cancel(taskIds[0] ?? "");
  expect(await cancelFrozenTasks(city.ctx(), { taskIds })).toEqual({ cancelled: 1 });
  expect(await cancelFrozenTasks(city.ctx(), { taskIds })).toEqual({ cancelled: 0 });
  expect(await city.pool(buyer)).toEqual({ balance: 10_000, held: 0, debt: 0 });
});

test("a mail does not call money that has repaid a debt back in the pool", async () => {
  const buyer = await city.owner("Buyer");
  const seller = await newSeller(city, 1_000);
  const { paymentId } = await city.topUp(buyer, 2_000);
  const taskId = await submit(city, buyer, seller, 1_500);
  await start(seller, taskId);
  const { id } = await city.stripe<{ id: string }>("POST", `/chargeback/${paymentId}`, {});
  await city.deliverAbout(id);
  expect(await city.pool(buyer)).toEqual({ balance: 0, held: 1_500, debt: 1_500 });
  await complete(city, seller, taskId, BAD_REVIEW);
  expect(await city.pool(buyer)).toEqual({ balance: 0, held: 0, debt: 0 });
  const failed = { to: buyer.email, subject: "Task failed: code review" };
  const { text } = await city.database.prisma.mail.findFirstOrThrow({ where: failed });
  expect(text).toContain("$15.00 was given back to your pool; anything you owe is repaid from it first.");
  expect(text).not.toContain("is back in your pool");
});

test("a dispute that a refund has ended says by whom and when, as any that has ended does", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  await buyer.client.tasks.dispute(taskId, { reason: "incomplete", description: "Half of it is missing." });
  const refunded = await buyer.client.tasks.giveFeedback(taskId, "down");
  expect(refunded).toMatchObject({ status: "refunded", dispute: { status: "withdrawn" } });
  expect(await city.database.prisma.dispute.findUniqueOrThrow({ where: { taskId } })).toMatchObject({
    status: "withdrawn",
    resolvedBy: "buyer",
    resolution: "Refunded by feedback.",
    resolvedAt: expect.any(Date),
  });
  expect(await walletOf(seller)).toMatchObject({ escrowed: 0, disputed: 0, available: 0, debt: 0, lifetimeEarned: 0 });
  expect(await city.pool(buyer)).toEqual({ balance: 10_000, held: 0, debt: 0 });
});
