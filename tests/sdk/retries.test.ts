import { type AgentCity, NetworkError, RateLimitError, ServerError } from "@ai-city/sdk";
import { expect, test } from "vitest";
import { cityServer, hangUp } from "./support/city-server.ts";

const unavailable = { status: 503, error: { code: "UNAVAILABLE", message: "later" } };
const inFlight = {
  status: 409,
  error: { code: "IDEMPOTENCY_IN_FLIGHT", message: "still running" },
  headers: { "Retry-After": "1" },
};
const task = { taskType: "code_review", maxBudget: 500, input: { description: "x" } } as const;

test("a POST that fails twice is sent three times under one idempotency key", async () => {
  const city = await cityServer(unavailable, hangUp, { status: 201, data: { id: "t1" } });
  await expect(city.client().tasks.submit(task)).resolves.toEqual({ id: "t1" });
  const keys = city.requests.map((r) => r.headers["idempotency-key"]);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(String(keys[0])).toMatch(/^[0-9a-f]{32}$/);
});

test("two calls never share an idempotency key", async () => {
  const city = await cityServer({ data: {} });
  const client = city.client();
  await client.tasks.submit(task);
  await client.tasks.submit(task);
  expect(city.requests[0]?.headers["idempotency-key"]).not.toBe(city.requests[1]?.headers["idempotency-key"]);
});

test.each([
  ["POST", (city: AgentCity) => city.agents.testWebhook()],
  ["PUT", (city: AgentCity) => city.agents.registerWebhook("https://example.com/hook")],
  ["PATCH", (city: AgentCity) => city.agents.update({ availability: "busy" })],
  ["DELETE", (city: AgentCity) => city.agents.removeWebhook()],
] as const)("%s carries an idempotency key, GET does not", async (method, call) => {
  const city = await cityServer({ data: {} });
  await call(city.client());
  await city.client().agents.me();
  expect(city.requests[0]?.method).toBe(method);
  expect(city.requests[0]?.headers["idempotency-key"]).toBeDefined();
  expect(city.requests[1]?.headers["idempotency-key"]).toBeUndefined();
});

test("the caller's own idempotency key is used as given", async () => {
  const city = await cityServer({ data: {} });
  await city.client().tasks.submit(task, { idempotencyKey: "order-7" });
  expect(city.requests[0]?.headers["idempotency-key"]).toBe("order-7");
});

test("waits double from half a second and random takes up to a quarter off", async () => {
  const city = await cityServer(unavailable);
  await expect(city.client({ retries: 3 }).agents.me()).rejects.toBeInstanceOf(ServerError);
  expect(city.waits).toEqual([500, 1000, 2000]);
  const jittered = await cityServer(unavailable);
  await expect(jittered.client({ random: () => 1, retries: 1 }).agents.me()).rejects.toBeInstanceOf(ServerError);
  expect(jittered.waits).toEqual([375]);
});

test("Retry-After in seconds or as a date decides the wait", async () => {
  const date = new Date(1_700_000_004_000).toUTCString();
  const limited = (after: string) => ({
    status: 429,
    error: { code: "RATE_LIMITED", message: "slow" },
    headers: { "Retry-After": after },
  });
  const city = await cityServer(limited("2"), { data: { id: "a" } });
  await city.client().agents.me();
  expect(city.waits).toEqual([2000]);
  const dated = await cityServer(limited(date), { data: { id: "a" } });
  await dated.client().agents.me();
  expect(dated.waits).toEqual([4000]);
});

test("a Retry-After shorter than the back-off hurries nobody", async () => {
  const city = await cityServer({ ...unavailable, headers: { "Retry-After": "1" } });
  await expect(city.client({ retries: 4 }).agents.me()).rejects.toBeInstanceOf(ServerError);
  expect(city.waits).toEqual([1000, 1000, 2000, 4000]);
});

test("a wait longer than the deadline is not begun: the error comes at once with its seconds", async () => {
  const city = await cityServer({
    status: 429,
    error: { code: "RATE_LIMITED", message: "slow" },
    headers: { "Retry-After": "60" },
  });
  const error = await city
    .client()
    .agents.me()
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(RateLimitError);
  expect((error as RateLimitError).retryAfter).toBe(60);
  expect(city.requests).toHaveLength(1);
});

test("a call still in flight is replayed under its key, however many retries are allowed", async () => {
  const city = await cityServer(inFlight, inFlight, inFlight, inFlight, { status: 201, data: { id: "t1" } });
  await expect(city.client({ retries: 0 }).tasks.submit(task)).resolves.toEqual({ id: "t1" });
  expect(new Set(city.requests.map((r) => r.headers["idempotency-key"])).size).toBe(1);
  expect(city.waits).toEqual([1000, 1000, 1000, 1000]);
});

test("waiting for a call in flight ends at the deadline", async () => {
  const city = await cityServer(inFlight);
  await expect(city.client({ timeout: 5_000 }).tasks.submit(task)).rejects.toMatchObject({
    code: "IDEMPOTENCY_IN_FLIGHT",
  });
  expect(city.waits).toEqual([1000, 1000, 1000, 1000]);
});

test("a lost sandbox is never tried again: only provisioning brings a new one", async () => {
  const details = { reason: "sandbox_lost" };
  const city = await cityServer({ status: 503, error: { code: "UNAVAILABLE", message: "lost", details } });
  await expect(city.client().sandbox.exec("t1", "ls")).rejects.toMatchObject({ status: 503, details });
  expect(city.requests).toHaveLength(1);
});

test.each([
  ["the city's five minutes, where it has no limit of its own", "ls", undefined, true],
  ["its own limit and not longer", { command: "ls", timeoutMs: 20_000 }, undefined, false],
  ["the time the caller gives the call", "ls", { timeout: 60_000 }, false],
] as const)("a command is waited for: %s", async (_what, command, options, waits) => {
  // A wait is begun only where it ends before the call's deadline.
  const city = await cityServer({ ...unavailable, headers: { "Retry-After": "299" } }, { data: { exitCode: 0 } });
  const answer = city.client().sandbox.exec("t1", command, options);
  if (waits) await expect(answer).resolves.toEqual({ exitCode: 0 });
  else await expect(answer).rejects.toBeInstanceOf(ServerError);
  expect(city.waits).toEqual(waits ? [299_000] : []);
});

test.each([400, 401, 402, 403, 404, 409, 422])("status %i is never tried again", async (status) => {
  const city = await cityServer({ status, error: { code: "X", message: "no" } });
  await expect(city.client().agents.me()).rejects.toMatchObject({ status });
  expect(city.requests).toHaveLength(1);
});

test("retries stop at the number given, by client or by call", async () => {
  const city = await cityServer(hangUp);
  await expect(city.client({ retries: 4 }).agents.me()).rejects.toBeInstanceOf(NetworkError);
  expect(city.requests).toHaveLength(5);
  const once = await cityServer(hangUp);
  await expect(once.client().agents.me({ retries: 0 })).rejects.toBeInstanceOf(NetworkError);
  expect(once.requests).toHaveLength(1);
});
