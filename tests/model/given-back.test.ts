import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  BAD_REVIEW,
  chargedTask,
  complete,
  type MoneyCity,
  newSeller,
  start,
  startMoneyCity,
  submit,
} from "./support/money-city.ts";
import { makeScene, walletOf } from "./support/scene.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
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
