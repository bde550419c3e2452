import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestOwner } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { DAY, MINUTE } from "#tests/support/durations.ts";
import { webhookReceiver } from "#tests/support/webhook-receiver.ts";
import {
  BAD_REVIEW,
  chargedTask,
  complete,
  type MoneyCity,
  newSeller,
  start,
  startMoneyCity,
  submit,
} from "../model/support/money-city.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity({ settings: { money: { disputeDays: 14 } } });
});
afterAll(() => city?.stop());

/** Subjects of the mails an owner got, oldest first; the one of signing up left out. */
async function mailsTo(owner: TestOwner): Promise<{ subject: string; text: string }[]> {
  const rows = await city.database.prisma.mail.findMany({ where: { to: owner.email }, orderBy: { createdAt: "asc" } });
  return rows.filter(({ subject }) => subject !== "Confirm your e-mail address");
}
const subjectsTo = async (owner: TestOwner) => (await mailsTo(owner)).map(({ subject }) => subject);

const minuteOf = (moment: string | null) => `${moment?.slice(0, 16).replace("T", " ")} UTC`;

async function want(owner: TestOwner, topics: Record<string, boolean>) {
  return (await dashboardOf(city, owner)).owners.setNotifications.mutate(topics);
}

async function fundedBuyer(): Promise<TestOwner> {
  const buyer = await city.owner("Buyer");
  await city.topUp(buyer, 10_000);
  return buyer;
}

test("by default an owner hears of failures, money, disputes and agents; what passed only on request", async () => {
  const owner = await city.owner();
  const dashboard = await dashboardOf(city, owner);
  expect(await dashboard.owners.notifications.query()).toEqual({
    task_results: false,
    task_failures: true,
    money: true,
    disputes: true,
    agents: true,
  });
  await want(owner, { task_results: true, money: false });
  expect(await dashboard.owners.notifications.query()).toMatchObject({
    task_results: true,
    money: false,
    disputes: true,
  });
});

test("a completed task is mailed once with score, price and the end of the refund window, to those who asked", async () => {
  const [buyer, silent] = [await fundedBuyer(), await fundedBuyer()];
  const seller = await newSeller(city, 1_000);
  await want(buyer, { task_results: true });
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  await chargedTask(city, silent, seller, 1_500);
  const [mail, ...more] = await mailsTo(buyer);
  expect(more).toEqual([]);
  const task = await buyer.client.tasks.get(taskId);
  expect(mail?.subject).toBe("Task completed: code review, $10.00");
  expect(mail?.text).toContain(`with ${task.qualityScore} of 100 points`);
  expect(mail?.text).toContain(`A thumbs-down until ${minuteOf(task.feedbackUntil)} `);
  const end = new Date(Date.parse(task.completedAt ?? "") + 14 * DAY).toISOString();
  expect(mail?.text).toContain(`A dispute can be opened until ${minuteOf(end)}.`);
  expect(mail?.text).toContain(`/tasks/${taskId}`);
  expect(await subjectsTo(silent)).toEqual([]);
});

test("a thumb down that is too late for a refund is answered with this city's own time for a dispute", async () => {
  const buyer = await fundedBuyer();
  const taskId = await chargedTask(city, buyer, await newSeller(city, 1_000), 1_500);
  await city.advance(10 * MINUTE);
  const { note } = await buyer.client.tasks.giveFeedback(taskId, "down");
  expect(note).toContain("A dispute can be opened within 14 days of completion.");
});

test("a failed task is mailed with the reason and the money that is back; a cancelled one is not", async () => {
  const [buyer, silent] = [await fundedBuyer(), await fundedBuyer()];
  const seller = await newSeller(city, 1_000);
  await want(silent, { task_failures: false });
  for (const owner of [buyer, silent]) {
    const taskId = await submit(city, owner, seller, 1_500);
    await start(seller, taskId);
    await complete(city, seller, taskId, BAD_REVIEW);
  }
  await buyer.client.tasks.cancel(await submit(city, buyer, seller, 1_200));
  const [mail, ...more] = await mailsTo(buyer);
  expect(more).toEqual([]);
  expect(mail?.subject).toBe("Task failed: code review");
  const given = "$15.00 was given back to your pool; anything you owe is repaid from it first.";
  expect(mail?.text).toContain(`The result did not pass the quality gate.\n\n${given}`);
  expect(await subjectsTo(silent)).toEqual([]);
});

test("an instant refund is confirmed and ends the dispute for both sides; what one wrote is in no mail to the other", async () => {
  const buyer = await fundedBuyer();
  const seller = await newSeller(city, 1_000);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  await buyer.client.tasks.dispute(taskId, { reason: "other", description: "Click http://evil.example now" });
  const receiver = await webhookReceiver();
  await seller.agent.client.agents.registerWebhook(receiver.url);
  await buyer.client.tasks.giveFeedback(taskId, "down", "http://evil.example");
  await city.idle();
  expect(await subjectsTo(buyer)).toEqual([
    "Dispute opened: $10.00",
    "Dispute ended: closed by a refund",
    "Refunded: $10.00",
  ]);
  expect(await subjectsTo(seller.owner)).toEqual(["Dispute opened: $10.00", "Dispute ended: closed by a refund"]);
  for (const { text } of await mailsTo(seller.owner)) expect(text).not.toContain("evil");
  const told = receiver.received.map(({ event: { type, data } }) => [type, data.status]);
  expect(told.sort()).toEqual([
    ["dispute_resolved", "refunded"],
    ["feedback_received", "refunded"],
  ]);
  const { rows } = await city.database.pool.query("select type from task_event where task_id = $1 order by id", [
    taskId,
  ]);
  expect(rows.slice(-2)).toEqual([{ type: "dispute_resolved" }, { type: "refunded" }]);
});

test("every step of a dispute is mailed to both sides, once, and to neither that does not want it", async () => {
  const [buyer, silent] = [await fundedBuyer(), await fundedBuyer()];
  const [seller, quiet] = [await newSeller(city, 1_000), await newSeller(city, 1_000)];
  await want(silent, { disputes: false });
  await want(quiet.owner, { disputes: false });
  const operator = await city.owner("Operator");
  await city.database.prisma.owner.update({ where: { id: operator.id }, data: { role: "operator" } });
  for (const [by, against] of [
    [buyer, seller],
    [silent, quiet],
  ] as const) {
    const taskId = await chargedTask(city, by, against, 1_500);
    const { id } = await by.client.tasks.dispute(taskId, { reason: "incomplete", description: "Half is missing." });
    await against.owner.client.disputes.respond(id, { response: "It is all there." });
    const body = { winner: "agent", note: "The work is as described." };
    expect((await city.call("POST", `/disputes/${id}/resolve`, { token: operator.token, body })).status).toBe(200);
  }
  const steps = ["Dispute opened: $10.00", "A dispute was answered", "Dispute ended: decided for the seller"];
  expect(await subjectsTo(buyer)).toEqual(steps);
  expect(await subjectsTo(seller.owner)).toEqual(steps);
  expect([await subjectsTo(silent), await subjectsTo(quiet.owner)]).toEqual([[], []]);
});

test("a withdrawal's end is mailed, whichever it is, however often the card company repeats it", async () => {
  const buyer = await fundedBuyer();
  const seller = await newSeller(city, 1_000);
  await chargedTask(city, buyer, seller, 1_500);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  await city.connectBank(seller.owner);
  for (const outcome of ["pay", "fail"]) {
    const { id } = await seller.owner.client.vault.withdraw({ amount: 600 });
    await city.idle();
    const { payoutId } = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });
    await city.stripe("POST", `/payouts/${payoutId}/${outcome}`, {});
    await city.deliver({ copies: 3 });
  }
  expect(await subjectsTo(seller.owner)).toEqual(["Withdrawal paid: $6.00", "Withdrawal failed: $6.00"]);
});

test("a withdrawal that is refused by a code is told in words, in the mail and in the list", async () => {
  const buyer = await fundedBuyer();
  const seller = await newSeller(city, 1_000);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * MINUTE);
  await city.connectBank(seller.owner);
  const { stripeAccountId } = await city.database.prisma.connectAccount.findUniqueOrThrow({
    where: { ownerId: seller.owner.id },
  });
  await city.stripe("POST", `/restrict/${stripeAccountId}`, {});
  const { id } = await seller.owner.client.vault.withdraw({ amount: 600 });
  await city.idle();
  const stored = await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } });
  expect(stored.failure).toMatch(/^[a-z_]+$/);
  expect((await mailsTo(seller.owner))[0]?.text).toContain("failed: The payment was refused.\n");
  const { data } = await seller.owner.client.vault.listWithdrawals();
  expect(data[0]).toMatchObject({ id, failure: "The payment was refused." });
});

test("a chargeback is mailed with the debt it leaves, and the tasks it cancels are too", async () => {
  const buyer = await city.owner("Buyer");
  const seller = await newSeller(city, 1_000);
  const { paymentId } = await city.topUp(buyer, 3_000);
  await chargedTask(city, buyer, seller, 1_500);
  await submit(city, buyer, seller, 1_200);
  await city.stripe("POST", `/chargeback/${paymentId}`, {});
  await city.deliver({ copies: 2 });
  const mails = await mailsTo(buyer);
  expect(mails.map(({ subject }) => subject)).toEqual([
    "A top-up was charged back: $30.00",
    "Task failed: code review",
  ]);
  expect(mails[0]?.text).toContain("you cannot submit tasks");
  expect(mails[1]?.text).toContain("Cancelled because a top-up was charged back.");
});

test("three missed offers and three failures in a row are mailed to the agent's owner, once each", async () => {
  const buyer = await fundedBuyer();
  const [idle, failing] = [await newSeller(city, 1_000), await newSeller(city, 1_000)];
  for (let n = 0; n < 3; n++) await submit(city, buyer, idle, 1_000);
  await city.advance(15 * MINUTE);
  expect(await subjectsTo(idle.owner)).toEqual(["Set offline: Test Agent"]);
  for (let n = 0; n < 3; n++) {
    const taskId = await submit(city, buyer, failing, 1_000);
    await start(failing, taskId);
    await failing.agent.client.tasks.fail(taskId, { reason: "cannot" });
  }
  expect(await subjectsTo(failing.owner)).toEqual(["Suspended: Test Agent"]);
  await city.advance(DAY);
  expect(await subjectsTo(failing.owner)).toHaveLength(1);
});

test("an automatic top-up that fails is mailed each time, and the third says that they are off", async () => {
  const owner = await city.owner("Declined");
  await city.topUp(owner, 600);
  await city.stripe("POST", "/faults", { kind: "charge_declined", code: "insufficient_funds", times: 3 });
  const body = { enabled: true, threshold: 1_000, reloadAmount: 5_000 };
  await city.call("PUT", "/vault/auto-top-up", { token: owner.token, body });
  await city.idle();
  for (let n = 0; n < 3; n++) await city.advance(MINUTE);
  await city.stripe("DELETE", "/faults", {});
  const mails = await mailsTo(owner);
  expect(mails.map(({ subject }) => subject)).toEqual(Array(3).fill("An automatic top-up failed"));
  expect(mails.map(({ text }) => text.includes("automatic top-ups are off now"))).toEqual([false, false, true]);
  expect(mails[0]?.text).toContain("Your card was not charged $50.00: insufficient funds");
});
