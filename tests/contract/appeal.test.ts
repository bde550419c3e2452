import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestAgent, type TestCity } from "#tests/support/city.ts";
import { hire, hireToWork } from "#tests/support/hire.ts";
import { BAD_REVIEW, REVIEW } from "#tests/support/work.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

async function seller() {
  const owner = await city.owner("Seller");
  return owner.agent({ capabilities: [{ category: "code_review", tags: [] }], maxConcurrentTasks: 5 });
}

/** A task whose delivery failed the gate. */
async function failedTask(agent: TestAgent) {
  const { buyer, id } = await hireToWork(city, agent);
  await agent.client.tasks.complete(id, { output: { result: BAD_REVIEW } });
  await city.idle();
  expect(await buyer.client.tasks.get(id)).toMatchObject({ status: "failed", failureReason: "quality_gate" });
  return { buyer, id };
}

/** As if the gate had misjudged good work: what is stored is what an appeal looks at. */
const misjudged = (id: string) => city.database.pool.query("update task set output = $2 where id = $1", [id, REVIEW]);

async function failuresOf(agent: TestAgent) {
  const sql = "select failures_in_a_row, failed_tasks from agent where id = $1";
  return (await city.database.pool.query(sql, [agent.id])).rows[0];
}

const sandboxesOnThisMachine = async () => (await city.ctx().ports.sandbox.sweep(new Set())).length;

test("a misjudged result gets its score and reputation back, and not one cent moves", async () => {
  const agent = await seller();
  const { buyer, id } = await failedTask(agent);
  await misjudged(id);
  const pool = await buyer.client.vault.getPool();
  const before = await agent.client.agents.me();
  const task = await agent.client.tasks.appeal(id, { reason: "The finding was right.", message: "See line 2." });
  expect(task.status).toBe("failed");
  expect(task.qualityScore).toBeGreaterThanOrEqual(50);
  expect(task.quality).toMatchObject({ passed: true, appeal: { outcome: "mended", reason: "The finding was right." } });

  const after = await agent.client.agents.me();
  expect(after.overallScore).toBeGreaterThan(before.overallScore);
  expect(after.dimensions.outcome).toBeGreaterThan(450);
  expect(after).toMatchObject({ completedTasks: 0, successRate: null });
  expect(await buyer.client.vault.getPool()).toEqual(pool);
  expect(await agent.client.vault.getBalance()).toMatchObject({ available: 0, escrowed: 0, lifetimeEarned: 0 });
  expect(await buyer.client.tasks.get(id)).toMatchObject({
    creditsCharged: null,
    output: null,
    qualityScore: task.qualityScore,
  });
  expect(await sandboxesOnThisMachine()).toBe(0);
});

test("an appeal that finds the same keeps the verdict, and a second one is refused", async () => {
  const agent = await seller();
  const { id } = await failedTask(agent);
  const before = await agent.client.agents.me();
  const task = await agent.client.tasks.appeal(id, { reason: "Please look again." });
  expect(task.quality).toMatchObject({ passed: false, appeal: { outcome: "upheld" } });
  expect((await agent.client.agents.me()).overallScore).toBe(before.overallScore);
  await expect(agent.client.tasks.appeal(id, { reason: "Again." })).rejects.toMatchObject({
    code: "CONFLICT",
    details: { outcome: "upheld" },
  });
});

test("of appeals brought at once one is heard; the same Idempotency-Key gets its answer", async () => {
  const agent = await seller();
  const { id } = await failedTask(agent);
  await misjudged(id);
  const brought = await Promise.allSettled([1, 2, 3].map(() => agent.client.tasks.appeal(id, { reason: "Once." })));
  expect(brought.filter(({ status }) => status === "fulfilled")).toHaveLength(1);

  const { id: other } = await failedTask(agent);
  const options = { idempotencyKey: `appeal-${other}` };
  const first = await agent.client.tasks.appeal(other, { reason: "Once." }, options);
  expect(await agent.client.tasks.appeal(other, { reason: "Once." }, options)).toEqual(first);
});

test("three wrong failures suspend; a won appeal lifts the suspension", async () => {
  const agent = await seller();
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) ids.push((await failedTask(agent)).id);
  const suspended = async () => (await agent.client.agents.me()) as unknown as { suspendedUntil: string | null };
  expect((await suspended()).suspendedUntil).not.toBeNull();
  await misjudged(ids[1] ?? "");
  await agent.client.tasks.appeal(ids[1] ?? "", { reason: "It was right." });
  expect((await suspended()).suspendedUntil).toBeNull();
  expect(await failuresOf(agent)).toEqual({ failures_in_a_row: 2, failed_tasks: 2 });
});

test("after a suspension was served, a won appeal counts from there, and lifts the next one", async () => {
  const agent = await seller();
  const fail = async (times: number) => {
    let last = "";
    for (let i = 0; i < times; i++) last = (await failedTask(agent)).id;
    return last;
  };
  const win = async (id: string) => {
    await misjudged(id);
    await agent.client.tasks.appeal(id, { reason: "It was right." });
  };
  await fail(3);
  await city.advance(city.config.settings.auth.suspensionHours * 3_600_000);
  await win(await fail(1));
  expect(await failuresOf(agent)).toEqual({ failures_in_a_row: 0, failed_tasks: 3 });
  const last = await fail(3);
  expect((await agent.client.agents.me()).suspendedUntil).not.toBeNull();
  await win(last);
  expect((await agent.client.agents.me()).suspendedUntil).toBeNull();
  expect(await failuresOf(agent)).toEqual({ failures_in_a_row: 2, failed_tasks: 5 });
});

test("what the judgement needs is gone: a clear answer, and the appeal is not used up", async () => {
  const agent = await seller();
  const { id } = await failedTask(agent);
  await misjudged(id);
  const { rows } = await city.database.pool.query("select files from task where id = $1", [id]);
  await city.database.pool.query("update task set files = null where id = $1", [id]);
  const refused = { code: "CONFLICT", details: { reason: "input_unavailable" } };
  await expect(agent.client.tasks.appeal(id, { reason: "x" })).rejects.toMatchObject(refused);

  const url = `${city.url.replace("localhost", "127.0.0.1")}/git/secret-project.git`;
  await city.database.pool.query("update task set repo_url = $2 where id = $1", [id, url]);
  const unfetched = await agent.client.tasks.appeal(id, { reason: "x" }).catch((error: unknown) => error);
  expect(unfetched).toMatchObject(refused);
  expect((unfetched as Error).message).not.toContain("secret-project");

  await city.database.pool.query("update task set repo_url = null, files = $2 where id = $1", [
    id,
    JSON.stringify(rows[0].files),
  ]);
  expect((await agent.client.tasks.appeal(id, { reason: "x" })).quality).toMatchObject({ passed: true });
  expect(await sandboxesOnThisMachine()).toBe(0);
});

test("only the seller appeals, only a failed gate, only for a day", async () => {
  const agent = await seller();
  const { id } = await failedTask(agent);
  const other = await seller();
  await expect(other.client.tasks.appeal(id, { reason: "x" })).rejects.toMatchObject({ code: "TASK_NOT_FOUND" });
  const running = await hire(city, agent);
  await expect(agent.client.tasks.appeal(running.id, { reason: "x" })).rejects.toMatchObject({ code: "INVALID_STATE" });
  await city.advance(24 * 3_600_000);
  await expect(agent.client.tasks.appeal(id, { reason: "x" })).rejects.toMatchObject({
    code: "INVALID_STATE",
    details: { until: expect.any(String) },
  });
});

test("a suspension is shown until it ends, and not after", async () => {
  const agent = await seller();
  for (let i = 0; i < 3; i++) await failedTask(agent);
  const until = (await agent.client.agents.me()).suspendedUntil;
  expect(until).not.toBeNull();
  await expect(hire(city, agent)).rejects.toMatchObject({ status: 409, details: { reason: "suspended", until } });
  await city.advance(city.config.settings.auth.suspensionHours * 3_600_000);
  expect((await agent.client.agents.me()).suspendedUntil).toBeNull();
});
