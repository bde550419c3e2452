import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestAgent, type TestCity, type TestOwner } from "#tests/support/city.ts";
import { hire, hireToWork } from "#tests/support/hire.ts";
import { REVIEW_TASK } from "#tests/support/work.ts";

let city: TestCity;
let buyer: TestOwner;
let seller: TestAgent;
beforeAll(async () => {
  city = await startTestCity();
  buyer = await city.owner("Buyer");
  seller = await (await city.owner("Seller")).agent({ capabilities: [{ category: "code_review", tags: [] }] });
});
afterAll(() => city?.stop());

const files = (...paths: string[]) => paths.map((path) => ({ path, content: "export {};\n" }));
const pool = async () => (await city.call("GET", "/vault/pool", { token: buyer.token })).body.data;
const submission = (changes: object) => ({
  taskType: "code_review",
  maxBudget: 500,
  input: { description: "Review this." },
  ...changes,
});

test.each([
  ["a budget of 0", { maxBudget: 0 }],
  ["a negative budget", { maxBudget: -1 }],
  ["a budget of 1e12", { maxBudget: 1e12 }],
  ["a fractional budget", { maxBudget: 99.5 }],
  ["a budget in words", { maxBudget: "ten" }],
  ["an unknown key", { priority: "high" }],
  ["an unknown task type", { taskType: "laundry" }],
  ["no description", { input: {} }],
  ["a file outside the repository", { input: { description: "x", files: [{ path: "../x", content: "" }] } }],
  ["a file in .git", { input: { description: "x", files: [{ path: ".git/config", content: "" }] } }],
  ["a repo that is no https URL", { input: { description: "x", repo: "ext::sh -c id" } }],
  ["a repo on a private address", { input: { description: "x", repo: "https://169.254.169.254/a/b" } }],
])("%s is refused with VALIDATION_ERROR and its field, and nothing is held", async (_, changes) => {
  const before = await pool();
  const { status, body } = await city.call("POST", "/tasks", { token: buyer.token, body: submission(changes) });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ code: "VALIDATION_ERROR", details: { fields: expect.any(Array) } });
  expect(await pool()).toEqual(before);
});

test.each([
  ["a path that leads out", "input.files.1.path", { files: files("a.ts", "../b.ts") }],
  ["the same path twice", "input.files.0.path", { files: files("a.ts", "./a.ts") }],
  ["a file that is a folder too", "input.files.1.path", { files: files("a", "a/b.ts") }],
  ["a file where the code lies", "input.files.0.path", { files: files("code.txt"), code: "export {};" }],
])("%s is refused by the field, when a task is submitted and when it is quoted", async (_, path, input) => {
  for (const operation of ["/tasks", "/tasks/quote"]) {
    const { status, body } = await city.call("POST", operation, {
      token: buyer.token,
      body: submission({ input: { description: "x", ...input } }),
    });
    expect([status, body.error?.code]).toEqual([400, "VALIDATION_ERROR"]);
    expect(body.error?.details?.fields).toMatchObject([{ path }]);
  }
});

test("files that only the sandbox refuses end the task as repo_unavailable, without a word against the seller", async () => {
  const { id } = await hire(city, seller, { buyer });
  // As an older city would have taken it in.
  await city.database.pool.query(`update task set files = '[{"path": "../a.ts", "content": ""}]' where id = $1`, [id]);
  await expect(seller.client.tasks.provisionSandbox(id)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await buyer.client.tasks.get(id)).toMatchObject({ status: "failed", failureReason: "repo_unavailable" });
});

test("code that spells the escape of NUL is code like any other, and keys named like an object's own are counted", async () => {
  const spelled = 'const nul = "\\u0000";';
  const { id } = await buyer.client.tasks.submit({
    taskType: "code_review",
    maxBudget: 50,
    input: { description: `Review ${spelled}`, code: spelled, note: spelled },
  });
  expect((await buyer.client.tasks.get(id)).input).toMatchObject({ code: spelled, note: spelled });
  const { status, body } = await city.call("POST", "/tasks", {
    token: buyer.token,
    body: submission({ input: { description: "x", constructor: "x".repeat(40_000) } }),
  });
  expect([status, body.error?.code]).toEqual([400, "VALIDATION_ERROR"]);
  await buyer.client.tasks.cancel(id);
});

test("an output of 1 MB is taken whatever its characters are, and one byte more is refused", async () => {
  const { id } = await hireToWork(city, seller, { buyer });
  const lines = "\n".repeat(1_048_576);
  const deliver = (result: string) =>
    city.call("POST", `/tasks/${id}/complete`, { key: seller.key, body: { output: { result } } });
  expect((await deliver(`${lines}x`)).body.error?.code).toBe("VALIDATION_ERROR");
  expect((await deliver(lines)).status).toBe(200);
  // The hold of what fails the gate comes back later, and other tests compare the pool.
  await city.idle();
});

test.each([
  ["a text that is too long", { displayName: "x".repeat(101) }, "displayName", "At most 100 characters."],
  ["a number that is too large", { maxConcurrentTasks: 1_000 }, "maxConcurrentTasks", "At most 100."],
  ["no number", { maxConcurrentTasks: null }, "maxConcurrentTasks", "Must be a number."],
  ["what is left out", { displayName: undefined }, "displayName", "Is missing."],
  [
    "a price of nothing",
    { pricing: { model: "per_task", baseRate: 0, currency: "USD" } },
    "pricing.baseRate",
    "At least 1 cent.",
  ],
])("%s is refused in plain words", async (_, changes, path, message) => {
  const body = { displayName: "Plain", framework: "custom", ...changes };
  const answer = await city.call("POST", "/agents", { token: buyer.token, body });
  expect(answer.body.error?.details).toEqual({ fields: [{ path, message }] });
});

test("wrong JSON is refused and nothing is held", async () => {
  const { status, body } = await city.call("POST", "/tasks", {
    token: buyer.token,
    body: '{"taskType": ',
    headers: { "content-type": "application/json" },
  });
  expect([status, body.error?.code]).toEqual([400, "VALIDATION_ERROR"]);
});

test("an unknown agent is 404, an own agent SAME_OWNER, and nothing is held", async () => {
  const before = await pool();
  const unknown = await city.call("POST", "/tasks", { token: buyer.token, body: submission({ agentId: "cnobody" }) });
  expect([unknown.status, unknown.body.error?.code]).toEqual([404, "AGENT_NOT_FOUND"]);
  const own = await buyer.agent({ capabilities: [{ category: "code_review", tags: [] }] });
  const same = await city.call("POST", "/tasks", { token: buyer.token, body: submission({ agentId: own.id }) });
  expect([same.status, same.body.error?.code]).toEqual([403, "SAME_OWNER"]);
  expect(await pool()).toEqual(before);
});

test("a budget above the pool is INSUFFICIENT_CREDITS with what is there and what is needed", async () => {
  const { status, body } = await city.call("POST", "/tasks", {
    token: buyer.token,
    body: submission({ maxBudget: 900_000 }),
  });
  expect(status).toBe(402);
  expect(body.error).toMatchObject({ code: "INSUFFICIENT_CREDITS", details: { required: 900_000, available: 5_000 } });
});

test("a repository that does not exist fails the task as repo_unavailable and returns the hold", async () => {
  const input = { description: "Review this.", repo: `${city.url}/git/nothing-here.git` };
  const { id } = await hire(city, seller, { buyer, task: { ...REVIEW_TASK, input } });
  await expect(seller.client.tasks.provisionSandbox(id)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await buyer.client.tasks.get(id)).toMatchObject({ status: "failed", failureReason: "repo_unavailable" });
  expect(await pool()).toMatchObject({ balance: 5_000, held: 0 });
});

test("another agent can neither complete nor see a task, and reads never leave the repository", async () => {
  const { id } = await hire(city, seller, { buyer });
  const { sandboxId } = await seller.client.tasks.provisionSandbox(id);
  const early = await city.call("GET", `/tasks/${id}/sandbox/files`, { key: seller.key });
  expect([early.status, early.body.error?.code]).toEqual([409, "INVALID_STATE"]);
  await seller.client.tasks.markExecuting(id, sandboxId);

  const stranger = await (await city.owner()).agent();
  const body = { output: { result: "mine now" } };
  const stolen = await city.call("POST", `/tasks/${id}/complete`, { key: stranger.key, body });
  expect([stolen.status, stolen.body.error?.code]).toEqual([404, "TASK_NOT_FOUND"]);
  for (const path of ["../../etc/passwd", "/etc/passwd", "/home/user/repo/../../../etc/passwd", "/proc/self/environ"]) {
    const read = await city.call("GET", `/tasks/${id}/sandbox/files/read?path=${encodeURIComponent(path)}`, {
      key: seller.key,
    });
    expect(read.status, path).toBe(400);
  }
});

test("what is wrong inside a sandbox, or with a list's cursor, is refused by its field as well", async () => {
  const agent = await (await city.owner("Seller")).agent({ capabilities: [{ category: "code_review", tags: [] }] });
  const { id } = await hireToWork(city, agent, { buyer });
  const refused = async (method: "GET" | "POST", path: string, body?: object) => {
    const answer = await city.call(method, path, { key: agent.key, ...(body && { body }) });
    return [answer.status, answer.body.error?.details];
  };
  const by = (path: string) => [400, { fields: [{ path, message: expect.any(String) }] }];
  const sandbox = `/tasks/${id}/sandbox`;
  expect(await refused("POST", `${sandbox}/exec`, { command: " " })).toEqual(by("command"));
  expect(await refused("POST", `${sandbox}/exec`, { command: "ls", cwd: "../.." })).toEqual(by("cwd"));
  expect(await refused("GET", `${sandbox}/files/read?path=..%2Fadd.ts`)).toEqual(by("path"));
  expect(await refused("GET", `${sandbox}/files/read?path=.`)).toEqual(by("path"));
  expect(await refused("POST", `${sandbox}/files/write`, { path: ".", content: "x" })).toEqual(by("path"));
  expect(await refused("GET", "/vault/transactions?cursor=none")).toEqual(by("cursor"));
});
