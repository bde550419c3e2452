import { NetworkError, NotFoundError, TimeoutError } from "@ai-city/sdk";
import { expect, test } from "vitest";
import { cityServer, hangUp, silence } from "./support/city-server.ts";

test("registerWebhook takes an address or an object, as the two guides print it", async () => {
  const city = await cityServer({ data: { url: "https://a.example/hook", enabled: true } });
  const client = city.client();
  await client.agents.registerWebhook("https://a.example/hook");
  await client.agents.registerWebhook({ url: "https://a.example/hook", events: ["task_assigned"] });
  expect(city.requests.map((r) => [r.method, r.url, r.body])).toEqual([
    ["PUT", "/api/v1/agents/me/webhook", { url: "https://a.example/hook" }],
    ["PUT", "/api/v1/agents/me/webhook", { url: "https://a.example/hook", events: ["task_assigned"] }],
  ]);
});

test("getWebhook answers null when there is none", async () => {
  const city = await cityServer({ data: null });
  await expect(city.client().agents.getWebhook()).resolves.toBeNull();
});

test("a page is awaited, all pages are iterated, and no page is fetched before it is needed", async () => {
  const page = (n: number) => ({
    data: [{ id: `a${n}` }],
    pagination: { page: n, pageSize: 1, total: 3, totalPages: 3 },
  });
  const city = await cityServer(page(1), page(2), page(3), page(1));
  const client = city.client();
  const ids: string[] = [];
  for await (const agent of client.agents.search({ category: "security", pageSize: 1 })) ids.push(agent.id);
  expect(ids).toEqual(["a1", "a2", "a3"]);
  expect(city.requests.map((r) => r.url.split("?")[1])).toEqual([
    "category=security&pageSize=1",
    "category=security&pageSize=1&page=2",
    "category=security&pageSize=1&page=3",
  ]);
  const one = await client.agents.search();
  expect([one.data.length, one.pagination.total, city.requests.length]).toEqual([1, 3, 4]);
});

test("lists by cursor are iterated to their end", async () => {
  const city = await cityServer(
    { data: [{ id: "x1" }, { id: "x2" }], pagination: { pageSize: 2, nextCursor: "c1" } },
    { data: [{ id: "x3" }], pagination: { pageSize: 2, nextCursor: null } },
  );
  const ids: string[] = [];
  for await (const entry of city.client().vault.listTransactions({ pageSize: 2 })) ids.push(entry.id);
  expect(ids).toEqual(["x1", "x2", "x3"]);
  expect(city.requests[1]?.url).toContain("cursor=c1");
});

test("waitFor looks until the task is final and gives up at its time-out", async () => {
  const city = await cityServer(
    { data: { status: "routing" } },
    { data: { status: "executing" } },
    { data: { id: "t", status: "refunded" } },
  );
  await expect(city.client().tasks.waitFor("t")).resolves.toMatchObject({ status: "refunded" });
  expect(city.waits).toEqual([1000, 1250]);
  const stuck = await cityServer({ data: { id: "t", status: "routing" } });
  await expect(stuck.client().tasks.waitFor("t", { timeout: 5_000, pollInterval: 1_000 })).rejects.toMatchObject({
    code: "TIMEOUT",
    details: { status: "routing" },
  });
});

test("waitFor gets over a city that is away for two minutes, and over no refusal", async () => {
  const away = Array(19).fill(hangUp);
  const city = await cityServer({ data: { status: "executing" } }, ...away, { data: { id: "t", status: "completed" } });
  await expect(city.client().tasks.waitFor("t")).resolves.toMatchObject({ status: "completed" });
  expect(city.waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(120_000);
  const refusing = await cityServer({ status: 404, error: { code: "TASK_NOT_FOUND", message: "no" } });
  await expect(refusing.client().tasks.waitFor("t")).rejects.toBeInstanceOf(NotFoundError);
  expect(refusing.requests).toHaveLength(1);
});

test("waitFor asks no longer than its own time-out when the city is away", async () => {
  const city = await cityServer(hangUp);
  await expect(city.client().tasks.waitFor("t", { timeout: 60_000 })).rejects.toBeInstanceOf(NetworkError);
  expect(city.waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(60_000);
});

test("waitFor waits for a city that never answers no longer than its own time-out, or the second of its last look", async () => {
  const city = await cityServer(silence);
  await expect(city.client().tasks.waitFor("t", { timeout: 50 })).rejects.toBeInstanceOf(TimeoutError);
});

test("waitFor looks once also when there is no time to wait", async () => {
  const done = await cityServer({ data: { id: "t", status: "completed" } });
  await expect(done.client().tasks.waitFor("t", { timeout: 0 })).resolves.toMatchObject({ status: "completed" });
  const open = await cityServer({ data: { id: "t", status: "executing" } });
  await expect(open.client().tasks.waitFor("t", { timeout: 0 })).rejects.toMatchObject({
    code: "TIMEOUT",
    details: { status: "executing" },
  });
});

test("seller calls send the bodies of the contract", async () => {
  const city = await cityServer({ data: {} });
  const { tasks, sandbox } = city.client();
  await tasks.provisionSandbox("t1");
  await tasks.markExecuting("t1", "s1");
  await tasks.markExecuting("t1", { sandboxId: "s1" });
  await tasks.complete("t1", { output: { result: "done", turns: 1 }, qualityScore: 90, executionTimeMs: 5 });
  await tasks.fail("t1", { reason: "agent_error" });
  await tasks.destroySandbox("t1", "s1");
  await sandbox.listFiles("t1");
  await sandbox.writeFile("t1", { path: "/home/user/repo/a", content: "b" });
  await sandbox.exec("t1", "ls");
  expect(city.requests.map((r) => [r.method, r.url.replace("/api/v1/tasks/t1", ""), r.body])).toEqual([
    ["POST", "/sandbox/provision", undefined],
    ["POST", "/executing", { sandboxId: "s1" }],
    ["POST", "/executing", { sandboxId: "s1" }],
    ["POST", "/complete", { output: { result: "done", turns: 1 }, qualityScore: 90, executionTimeMs: 5 }],
    ["POST", "/fail", { reason: "agent_error" }],
    ["DELETE", "/sandbox/s1", undefined],
    ["GET", "/sandbox/files?path=%2Fhome%2Fuser%2Frepo", undefined],
    ["POST", "/sandbox/files/write", { path: "/home/user/repo/a", content: "b" }],
    ["POST", "/sandbox/exec", { command: "ls" }],
  ]);
});

test("buyer calls send the bodies of the contract", async () => {
  const city = await cityServer({ data: { patch: "diff" } });
  const { tasks } = city.client();
  await tasks.giveFeedback("t1", "up");
  await tasks.giveFeedback("t1", "down", "wrong file");
  await tasks.dispute("t1", { reason: "incomplete", description: "half of it" });
  await tasks.cancel("t1");
  await expect(tasks.getPatch("t1")).resolves.toBe("diff");
  expect(city.requests.map((r) => [r.url.replace("/api/v1/tasks/t1", ""), r.body])).toEqual([
    ["/feedback", { rating: "up" }],
    ["/feedback", { rating: "down", comment: "wrong file" }],
    ["/dispute", { reason: "incomplete", description: "half of it" }],
    ["/cancel", undefined],
    ["/patch", undefined],
  ]);
});
