/** Times that an operator sets in CITY_SETTINGS hold wherever they are meant. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { findTools } from "#server/tools.ts";
import { sweepDeliveries } from "#server/webhooks/sweep-deliveries.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { hireToWork } from "#tests/support/hire.ts";
import { deliveries, sellerWithWebhook } from "#tests/support/webhook-seller.ts";
import { BAD_REVIEW, FILE } from "#tests/support/work.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity({ settings: { execution: { cloneSeconds: 7 }, retention: { deliveryDays: 5 } } });
});
afterAll(() => city?.stop());

/** How long each sandbox that is made from now on may take to be made, in milliseconds. */
function watchSandboxes(): number[] {
  const provider = city.ctx().ports.sandbox;
  const { create } = provider;
  const times: number[] = [];
  provider.create = (spec) => {
    times.push(spec.limits?.createMs ?? Number.NaN);
    return create.call(provider, spec);
  };
  return times;
}

test("a repository is fetched in the time that is set: for the seller, for the gate and for an appeal", async () => {
  const times = watchSandboxes();
  const agent = await (await city.owner("Fixer")).agent({ capabilities: [{ category: "bug_fix", tags: [] }] });
  const input = { description: "The sum that add returns is wrong. Fix it.", files: [FILE] };
  const { id } = await hireToWork(city, agent, { task: { taskType: "bug_fix", maxBudget: 1_500, input } });
  expect(times.splice(0)).toEqual([7_000]);

  await agent.client.sandbox.writeFile(id, { path: FILE.path, content: `${FILE.content}// fixed\n` });
  await agent.client.tasks.complete(id, { output: { result: BAD_REVIEW } });
  await city.idle();
  // Programs run only in a real sandbox.
  expect(times.splice(0)).toEqual(findTools().bwrap ? [7_000] : []);

  await agent.client.tasks.appeal(id, { reason: "It is fixed." });
  expect(times[0]).toBe(7_000);
});

test("webhook deliveries are kept for the days that are set", async () => {
  const { agent } = await sellerWithWebhook(city);
  const [older, newer] = [newId(), newId()];
  await city.database.pool.query(
    `insert into webhook_delivery (id, agent_id, type, body, status, next_at, created_at)
     select id, $1, 'task_failed', '{}', 'delivered', city_now(), city_now() - age
     from (values ($2, interval '121 hours'), ($3, interval '119 hours')) as delivery (id, age)`,
    [agent.id, older, newer],
  );
  expect((await sweepDeliveries(city.ctx())).forgotten).toBe(1);
  expect(await deliveries(agent)).toMatchObject([{ id: newer }]);
});
