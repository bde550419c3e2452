import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { expireDispute } from "#server/disputes/expire-disputes.ts";
import { openDispute } from "#server/disputes/open-dispute.ts";
import { respondToDispute } from "#server/disputes/respond-to-dispute.ts";
import { isCityError } from "#server/kernel/errors.ts";
import { giveFeedback } from "#server/tasks/give-feedback.ts";
import { releaseTaskEscrow } from "#server/tasks/release-task-escrow.ts";
import type { TestOwner } from "#tests/support/city.ts";
import { DAY, MINUTE } from "#tests/support/durations.ts";
import { agentActor, atMoment, ownerActor, systemActor } from "./support/moments.ts";
import { chargedTask, type MoneyCity, newSeller, type Seller, startMoneyCity } from "./support/money-city.ts";

let city: MoneyCity;
let buyer: TestOwner;
let seller: Seller;
beforeAll(async () => {
  city = await startMoneyCity();
  buyer = await city.owner("Buyer");
  seller = await newSeller(city, 100);
  await city.topUp(buyer, 100_000);
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
});

const DISPUTE = { reason: "other", description: "Not what was asked for." } as const;

/** A task charged just now, and the moment so many milliseconds from its completion. */
async function completedTask(): Promise<{ taskId: string; at: (ms: number) => Date }> {
  // The clock jumped for days in the tests before; the seller polls as sellers do.
  await seller.agent.client.tasks.listSubmitted();
  const taskId = await chargedTask(city, buyer, seller, 200);
  const { completedAt } = await city.database.prisma.task.findUniqueOrThrow({ where: { id: taskId } });
  return { taskId, at: (ms) => new Date((completedAt?.getTime() ?? 0) + ms) };
}

async function disputed(): Promise<{ taskId: string; disputeId: string; at: (ms: number) => Date }> {
  const { taskId } = await completedTask();
  const { id, createdAt } = await buyer.client.tasks.dispute(taskId, DISPUTE);
  return { taskId, disputeId: id, at: (ms) => new Date(Date.parse(createdAt) + ms) };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (isCityError(error) ? error.code : String(error)),
  );

test.each([
  [-1, "refunded"],
  [0, "completed"],
  [1, "completed"],
])("a thumbs-down %i ms from the end of the ten minutes leaves the task %s", async (ms, status) => {
  const { taskId, at } = await completedTask();
  const rated = await atMoment(city, ownerActor(buyer.id), at(10 * MINUTE + ms), (ctx) =>
    giveFeedback(ctx, { id: taskId, rating: "down" }),
  );
  expect(rated.status).toBe(status);
});

test.each([
  [-1, "waiting", false],
  [0, "settled", true],
  [1, "settled", true],
])("a release %i ms from the end of the fifteen minutes is %s", async (ms, state, released) => {
  const { taskId, at } = await completedTask();
  const answer = await atMoment(city, systemActor, at(15 * MINUTE + ms), async (ctx) => {
    const expiry = await releaseTaskEscrow(ctx, { taskId });
    const task = await ctx.db.task.findUniqueOrThrow({ where: { id: taskId } });
    return { state: expiry.state, released: task.escrowReleasedAt !== null };
  });
  expect(answer).toEqual({ state, released });
});

test.each([
  [-1, "done"],
  [0, "INVALID_STATE"],
  [1, "INVALID_STATE"],
])("a dispute %i ms from the end of the seven days: %s", async (ms, outcome) => {
  const { taskId, at } = await completedTask();
  const answer = codeOf(
    atMoment(city, ownerActor(buyer.id), at(7 * DAY + ms), (ctx) => openDispute(ctx, { id: taskId, ...DISPUTE })),
  );
  expect(await answer).toBe(outcome);
});

test.each([
  [-1, "done"],
  [0, "INVALID_STATE"],
  [1, "INVALID_STATE"],
])("a seller's first response %i ms from the end of the 72 hours: %s", async (ms, outcome) => {
  const { disputeId, at } = await disputed();
  const actor = agentActor(seller.agent.id, seller.owner.id);
  const answer = codeOf(
    atMoment(city, actor, at(3 * DAY + ms), (ctx) => respondToDispute(ctx, { id: disputeId, response: "It is." })),
  );
  expect(await answer).toBe(outcome);
});

test.each([
  [-1, false],
  [0, true],
  [1, true],
])("an unanswered dispute %i ms from the end of the 72 hours is decided: %s", async (ms, decided) => {
  const { disputeId, at } = await disputed();
  const answer = await atMoment(city, systemActor, at(3 * DAY + ms), (ctx) => expireDispute(ctx, { disputeId }));
  expect(answer).toBe(decided);
});

test.each([
  [-1, false],
  [0, true],
  [1, true],
])("an undecided dispute %i ms from the end of the seven days is decided by the score: %s", async (ms, decided) => {
  const { disputeId, taskId, at } = await disputed();
  await seller.agent.client.disputes.respond(disputeId, { response: "It is what was asked for." });
  const answer = await atMoment(city, systemActor, at(7 * DAY + ms), (ctx) => expireDispute(ctx, { disputeId }));
  expect(answer).toBe(decided);
  if (!decided) return;
  const task = await city.database.prisma.task.findUniqueOrThrow({ where: { id: taskId }, include: { dispute: true } });
  const forSeller = (task.qualityScore ?? 0) >= 70;
  expect([task.status, task.dispute?.status]).toEqual(
    forSeller ? ["completed", "resolved_agent"] : ["refunded", "resolved_buyer"],
  );
});
