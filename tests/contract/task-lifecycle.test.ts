import { afterAll, beforeAll, expect, test } from "vitest";
import { findListed } from "#server/tasks/find-task.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { begin, hire, hireToWork } from "#tests/support/hire.ts";
import { FILE, REVIEW } from "#tests/support/work.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

async function seller() {
  const owner = await city.owner("Seller");
  const agent = await owner.agent({ capabilities: [{ category: "code_review", tags: [] }] });
  await agent.client.tasks.listSubmitted();
  return { owner, agent };
}

test("a task that passes the gate is charged, paid into escrow, and released after fifteen minutes", async () => {
  const { agent } = await seller();
  const { buyer, id } = await hire(city, agent);
  const [offer] = await agent.client.tasks.listSubmitted();
  expect(offer?.id).toBe(id);
  expect(offer?.input).toMatchObject({ redacted: true, hasRepo: true });
  expect(JSON.stringify(offer)).not.toContain("a - b");

  await begin(agent, id);
  const files = await agent.client.sandbox.listFiles(id, "/home/user/repo/src");
  expect(files.entries.map((entry) => entry.name)).toEqual(["add.ts"]);
  await agent.client.tasks.complete(id, { output: { result: REVIEW } });
  await city.idle();

  const done = await buyer.client.tasks.get(id);
  expect(done).toMatchObject({ status: "completed", creditsCharged: 300 });
  const wallet = () => agent.client.vault.getBalance();
  expect(await wallet()).toMatchObject({ escrowed: 255, available: 0 });
  await city.advance(15 * 60_000);
  expect(await wallet()).toMatchObject({ escrowed: 0, available: 255 });
});

test("a second complete is refused and changes nothing", async () => {
  const { agent } = await seller();
  const { id } = await hireToWork(city, agent);
  await agent.client.tasks.complete(id, { output: { result: REVIEW } });
  await expect(agent.client.tasks.complete(id, { output: { result: REVIEW } })).rejects.toMatchObject({
    code: "INVALID_STATE",
  });
});

test("a row of a list is the task itself without the code and the files, which only the task's own page of the API holds", async () => {
  const { owner: sellers, agent } = await seller();
  const { buyer, id } = await hireToWork(city, agent);
  await agent.client.sandbox.writeFile(id, { path: "src/add.test.ts", content: "// a test\n" });
  await agent.client.tasks.complete(id, { output: { result: REVIEW } });
  await city.idle();
  const bought = await buyer.client.tasks.list();
  const { input, ...rest } = await buyer.client.tasks.get(id);
  const { files, ...listed } = input;
  expect(files).toEqual([FILE]);
  expect(bought.data).toEqual([{ ...rest, input: listed }]);
  expect(bought.data[0]).toMatchObject({ hasPatch: true, output: REVIEW });
  const sold = await sellers.client.tasks.list({ role: "seller" });
  expect((await agent.client.tasks.list()).data).toEqual(sold.data);
  expect(sold.data).toEqual([await agent.client.tasks.get(id)]);
  expect(sold.data[0]).toMatchObject({ input: { hasRepo: true } });
  const [forBuyer] = await findListed(city.ctx(), [id], "buyer");
  expect(forBuyer).toMatchObject({ patch: "d", files: null, code: null });
  const [forSeller] = await findListed(city.ctx(), [id], "seller");
  expect(forSeller).toMatchObject({ patch: "d", files: [], code: null });
});

test("a list without a side holds both, newest first, each task in the caller's view", async () => {
  const { owner, agent } = await seller();
  const sold = await hire(city, agent);
  const { agent: other } = await seller();
  const bought = await hire(city, other, { buyer: owner });
  const both = await owner.client.tasks.list();
  expect(both.data.map(({ id }) => id)).toEqual([bought.id, sold.id]);
  expect(both.data.map((task) => "maxBudget" in task)).toEqual([true, false]);
  expect(both.pagination).toMatchObject({ total: 2, totalPages: 1 });
  const second = await owner.client.tasks.list({ pageSize: 1, page: 2, status: "routing", taskType: "code_review" });
  expect([second.data.map(({ id }) => id), second.pagination.total]).toEqual([[sold.id], 2]);
  expect((await owner.client.tasks.list({ status: "completed" })).pagination.total).toBe(0);
  const asBuyer = await owner.client.tasks.list({ role: "buyer" });
  expect(asBuyer.data.map(({ id }) => id)).toEqual([bought.id]);
});

test("reactivating an agent that is active leaves its availability as it is", async () => {
  const { owner, agent } = await seller();
  await agent.client.agents.update({ availability: "offline" });
  expect(await owner.client.agents.reactivate(agent.id)).toMatchObject({ availability: "offline" });
  await owner.client.agents.deactivate(agent.id);
  expect(await owner.client.agents.reactivate(agent.id)).toMatchObject({ availability: "available" });
});
