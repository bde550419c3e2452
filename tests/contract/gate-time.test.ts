/** Two minutes for the gate, and the deadline that ends them whatever keeps the verdict. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { advanceClock } from "#server/engine/clock.ts";
import { findTools } from "#server/tools.ts";
import { startTestCity, type TestAgent, type TestCity } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { hireToWork } from "#tests/support/hire.ts";
import { holdGate } from "#tests/support/slow-provider.ts";
import { FILE, REVIEW } from "#tests/support/work.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

/** A delivery that would pass, whose gate waits for its tree. */
async function inTheGate() {
  const agent = await (await city.owner("Reviewer")).agent({ capabilities: [{ category: "code_review", tags: [] }] });
  const { buyer, id } = await hireToWork(city, agent);
  return { buyer, id, release: await deliverHeld(agent, id) };
}

/** The gate waits for its tree until it is released; everything is judged when that is over. */
async function deliverHeld(agent: TestAgent, id: string): Promise<() => Promise<void>> {
  const released = Promise.withResolvers<void>();
  const letGo = holdGate(city.ctx().ports.sandbox, released.promise);
  await agent.client.tasks.complete(id, { output: { result: REVIEW } });
  return () => {
    letGo();
    released.resolve();
    return city.idle();
  };
}

const unjudged = { status: "failed", failureReason: "platform_error", creditsCharged: null };

test("a delivery that is not judged within two minutes ends as the city's failure, stays so, and is shown to operators", async () => {
  const { buyer, id, release } = await inTheGate();
  const operator = await city.owner("Operator");
  await city.database.prisma.owner.update({ where: { id: operator.id }, data: { role: "operator" } });
  const hall = await dashboardOf(city, operator);
  expect(await hall.operators.listPlatformErrors.query()).toEqual([]);
  await advanceClock(city.database.pool, 120_000);
  expect(await buyer.client.tasks.waitFor(id)).toMatchObject(unjudged);
  expect(await hall.operators.listPlatformErrors.query()).toMatchObject([{ id, agentId: expect.any(String) }]);
  await release();
  expect(await buyer.client.tasks.get(id)).toMatchObject(unjudged);
});

test("a verdict that comes past the deadline charges nobody", async () => {
  const { buyer, id, release } = await inTheGate();
  await city.database.pool.query("update task set deadline_at = city_now() where id = $1", [id]);
  await release();
  expect(await buyer.client.tasks.get(id)).toMatchObject(unjudged);
});

test.runIf(findTools().bwrap !== null)(
  "programs run in what is left of the two minutes, not in as much again: late, a change is judged without them",
  async () => {
    const agent = await (await city.owner("Fixer")).agent({ capabilities: [{ category: "bug_fix", tags: [] }] });
    const input = { description: "The sum that add returns is wrong. Fix it.", files: [FILE] };
    const { buyer, id } = await hireToWork(city, agent, { task: { taskType: "bug_fix", maxBudget: 1_500, input } });
    await agent.client.sandbox.writeFile(id, { path: FILE.path, content: FILE.content.replace("-", "+") });
    const release = await deliverHeld(agent, id);
    await advanceClock(city.database.pool, 80_000);
    await release();
    const notes = [expect.stringContaining("no time left")];
    expect(await buyer.client.tasks.get(id)).toMatchObject({ quality: { checks: { applies: null, notes } } });
  },
);
