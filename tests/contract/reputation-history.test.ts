import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { DAY } from "#tests/support/durations.ts";
import { hireToWork } from "#tests/support/hire.ts";
import { REVIEW } from "#tests/support/work.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity({ settings: { auth: { sessionDays: 1_000 } } });
});
afterAll(() => city?.stop());

test("an agent's history ends where its profile stands, starts at a newcomer's score, and lists what moved it", async () => {
  const buyer = await city.owner("Buyer");
  const owner = await city.owner("Seller");
  const agent = await owner.agent({ capabilities: [{ category: "code_review", tags: [] }] });
  const dashboard = await dashboardOf(city, owner);
  const history = () => dashboard.agents.history.query({ agentId: agent.id });
  expect(await history()).toMatchObject({ days: [{ overall: 450, events: 0 }], latest: [] });
  await city.advance(2 * DAY);
  for (const passes of [true, false]) {
    await agent.client.tasks.listSubmitted();
    const { id } = await hireToWork(city, agent, { buyer });
    if (passes) await agent.client.tasks.complete(id, { output: { result: REVIEW } });
    else await agent.client.tasks.fail(id, { reason: "cannot" });
    await city.idle();
    await city.advance(DAY);
  }
  const { days, latest } = await history();
  const profile = await agent.client.agents.me();
  expect(days.map(({ events }) => events).filter((events) => events > 0)).toHaveLength(2);
  expect(days[0]).toMatchObject({ overall: 450, events: 0 });
  const [passed, failed] = days.filter(({ events }) => events > 0);
  expect(passed?.overall).toBeGreaterThan(450);
  expect(failed?.overall).toBeLessThan(passed?.overall ?? 0);
  // Stored at the last event, computed here for today: a day's fading apart at most.
  expect(Math.abs((days.at(-1)?.overall ?? 0) - profile.overallScore)).toBeLessThanOrEqual(1);
  expect(latest.map(({ reason }) => reason)).toEqual(
    expect.arrayContaining(["agent_failed", "gate_passed", "offer_taken"]),
  );
});
