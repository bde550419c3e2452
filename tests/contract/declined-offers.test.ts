/** What a seller says when it lets an offer pass reaches the buyer, in whichever of the two fields it was said. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { hire } from "#tests/support/hire.ts";
import { REVIEW_TASK } from "#tests/support/work.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

async function seller() {
  return (await city.owner("Seller")).agent({ capabilities: [{ category: "code_review", tags: [] }] });
}

test.each<[{ reason?: string; message?: string }, string]>([
  [{}, "The agent declined this task."],
  [{ reason: "not_accepted" }, "The agent declined this task."],
  [{ reason: "shutting_down" }, "The agent declined this task."],
  [{ reason: "not_accepted", message: "Too large." }, "The agent declined this task: Too large."],
  [{ reason: "Too large for me." }, "The agent declined this task: Too large for me."],
  [{ reason: "too_large", message: "10 GB are too much." }, "The agent declined this task: 10 GB are too much."],
])("a direct hire declined with %j", async (said, told) => {
  const agent = await seller();
  const { buyer, id } = await hire(city, agent);
  await agent.client.tasks.decline(id, said);
  expect(await buyer.client.tasks.get(id)).toMatchObject({ failureReason: "declined", errorMessage: told });
});

test("of a task that goes on to others, its story tells why", async () => {
  const [agent, buyer] = [await seller(), await city.owner("Buyer")];
  await agent.client.tasks.listSubmitted();
  const { id } = await buyer.client.tasks.submit(REVIEW_TASK);
  await city.idle();
  await agent.client.tasks.decline(id, { reason: "Too large for me." });
  const events = await (await dashboardOf(city, buyer)).tasks.listEvents.query({ id });
  const ended = events.find(({ type }) => type === "offer_ended");
  expect(ended?.data).toMatchObject({ outcome: "declined", message: "Too large for me." });
});
