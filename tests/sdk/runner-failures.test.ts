import { AuthenticationError } from "@ai-city/sdk";
import { expect, test, vi } from "vitest";
import { MINUTE } from "#tests/support/durations.ts";
import { type Answer, hangUp, send } from "./support/city-server.ts";
import { executing, marketWith, told, types } from "./support/market.ts";

const refusal = (status: number, code: string, details?: object) => ({
  status,
  error: { code, message: "At most 1 MB.", details },
});
const lost = refusal(503, "UNAVAILABLE", { reason: "sandbox_lost" });
const box = { data: { sandboxId: "box-t1", repoPath: "/home/user/repo", quotedCents: 300 } };
const ended = refusal(409, "INVALID_STATE", { status: "failed", allowed: ["executing"] });
/** As many closed connections as the waits between tries make at least so long. */
const awayFor = (ms: number): Answer[] => Array(Math.ceil((ms - 7_500) / 8_000) + 4).fill(hangUp);

test.each(["provision", "executing", "complete", "fail"])(
  "a city away for a minute at %s costs no task",
  async (at) => {
    const path = at === "provision" ? "t1/sandbox/provision" : `t1/${at}`;
    const market = await marketWith(["t1"], { [`POST ${path}`]: awayFor(MINUTE) });
    const started = market.now();
    const runner = market.serve({
      poll: false,
      onTask: () => {
        if (at === "fail") throw new Error("no");
        return "done";
      },
    });
    const end = at === "fail" ? "failed t1" : "completed t1";
    await told(market, ["started t1", end]);
    expect(market.now() - started).toBeGreaterThan(MINUTE);
    await runner.stop();
    const keys = market.requests
      .filter(({ url }) => url.endsWith(path))
      .map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(1);
  },
);

test("a city away for a minute costs no work in its sandbox", async () => {
  const market = await marketWith(["t1"], { "POST t1/sandbox/exec": awayFor(MINUTE) });
  const runner = market.serve({ poll: false, onTask: async (_task, { sandbox }) => `${await sandbox.exec("ls")}` });
  await told(market, ["started t1", "completed t1"]);
  await runner.stop();
});

test("a result is handed in for as long as the city takes it", async () => {
  const market = await marketWith(["t1"], { "POST t1/complete": awayFor(10 * MINUTE) });
  const runner = market.serve({ poll: false, onTask: () => "done" });
  await told(market, ["started t1", "completed t1"]);
  await runner.stop();
});

test("a delivery that the city still works on is no lost task", async () => {
  const inFlight = { ...refusal(409, "IDEMPOTENCY_IN_FLIGHT"), headers: { "Retry-After": "5" } };
  const market = await marketWith(["t1"], { "POST t1/complete": Array(25).fill(inFlight) });
  const runner = market.serve({ poll: false, onTask: () => "done" });
  await told(market, ["started t1", "completed t1"]);
  await runner.stop();
});

test.each([
  [400, "VALIDATION_ERROR"],
  [413, "PAYLOAD_TOO_LARGE"],
])("a result that is refused with %i ends the task at once, with the reason", async (status, code) => {
  const market = await marketWith(["t1"], { "POST t1/complete": refusal(status, code) });
  const runner = market.serve({ onTask: () => "x" });
  await told(market, ["started t1", "failed t1"]);
  await runner.stop();
  expect(market.calls.slice(2)).toEqual(["POST t1/complete", "POST t1/fail", "DELETE t1/sandbox/box-t1"]);
  expect(market.requests.find(({ url }) => url.endsWith("/fail"))?.body).toEqual({
    reason: "result_refused",
    message: "The city refused the result: At most 1 MB.",
  });
});

test("a result that cannot be sent ends the task at once", async () => {
  const market = await marketWith(["t1"]);
  const result: Record<string, unknown> = {};
  result.itself = result;
  const runner = market.serve({ onTask: () => ({ result }) });
  await told(market, ["started t1", "failed t1"]);
  await runner.stop();
  expect(market.calls).toContain("POST t1/fail");
});

test("a task that ended meanwhile is lost, not failed", async () => {
  const market = await marketWith(["t1"], { "POST t1/complete": ended, "POST t1/fail": ended });
  const runner = market.serve({ onTask: () => "too late" });
  await told(market, ["started t1", "lost t1"]);
  await runner.stop();
});

test("a failure is reported even if its message cannot be made, and never longer than the city takes", async () => {
  const market = await marketWith(["t1", "t2"]);
  const runner = market.serve({
    onTask: () => {
      throw new TypeError("no");
    },
    failureMessage: () => {
      if (market.events.length > 2) return "x".repeat(3_000);
      throw new Error("broken");
    },
  });
  await vi.waitFor(() => expect(types(market.events)).toContain("failed t2"));
  await runner.stop();
  expect(market.requests.filter(({ url }) => url.endsWith("/fail")).map(({ body }) => body)).toEqual([
    { reason: "agent_error", message: "The agent stopped with an error (TypeError)." },
    { reason: "agent_error", message: "x".repeat(2_000) },
  ]);
});

test("a failure that could not be reported is told", async () => {
  const market = await marketWith(["t1"], { "POST t1/fail": refusal(401, "INVALID_API_KEY") });
  const runner = market.serve({ onTask: () => Promise.reject(new Error("no")) });
  await told(market, ["started t1", "error t1", "failed t1"]);
  expect(market.events[1]?.error).toBeInstanceOf(AuthenticationError);
  await runner.stop();
});

test("work whose sandbox is lost starts anew on another one, whatever it makes of the loss", async () => {
  const second = { data: { ...box.data, sandboxId: "box-2" } };
  const market = await marketWith(["t1"], {
    "POST t1/sandbox/provision": [box, second],
    "POST t1/sandbox/exec": [lost],
  });
  const boxes: string[] = [];
  const signals: AbortSignal[] = [];
  const runner = market.serve({
    onTask: async (task, { sandbox, signal }) => {
      boxes.push(sandbox.id);
      signals.push(signal);
      await sandbox.exec("make").catch(() => "never mind");
      return `${task.id} in ${sandbox.id}`;
    },
  });
  await told(market, ["started t1", "error t1", "completed t1"]);
  await runner.stop();
  expect(boxes).toEqual(["box-t1", "box-2"]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  expect(market.requests.filter(({ url }) => url.endsWith("/complete")).map(({ body }) => body)).toMatchObject([
    { output: { result: "t1 in box-2" } },
  ]);
  expect(market.calls.filter((call) => call.endsWith("/executing"))).toHaveLength(1);
  expect(market.calls.at(-1)).toBe("DELETE t1/sandbox/box-2");
});

test("a sandbox found lost at the delivery has its work done again", async () => {
  const market = await marketWith(["t1"], { "POST t1/complete": [lost] });
  let times = 0;
  const runner = market.serve({ onTask: () => `${++times}` });
  await told(market, ["started t1", "error t1", "completed t1"]);
  await runner.stop();
  expect(market.requests.findLast(({ url }) => url.endsWith("/complete"))?.body).toMatchObject({
    output: { result: "2" },
  });
});

test.each([
  ["lost twice", box, "The sandbox was lost."],
  ["not made again", refusal(400, "VALIDATION_ERROR"), "The sandbox was lost. No other could be made."],
])("a task whose sandbox is %s is given up, and says so", async (_what, second, message) => {
  const market = await marketWith(["t1"], {
    "POST t1/sandbox/exec": lost,
    "POST t1/sandbox/provision": [box, second],
  });
  const runner = market.serve({ onTask: async (_task, { sandbox }) => (await sandbox.exec("make")).stdout });
  await told(market, ["started t1", "error t1", "failed t1"]);
  await runner.stop();
  expect(market.requests.find(({ url }) => url.endsWith("/fail"))?.body).toEqual({ reason: "sandbox_lost", message });
});

test("a task that the city ended because of its lost sandbox is no failure", async () => {
  const market = await marketWith(["t1"], {
    "POST t1/sandbox/exec": lost,
    "POST t1/sandbox/provision": [box, refusal(409, "CONFLICT", { reason: "repo_unavailable" })],
    "POST t1/fail": ended,
  });
  const runner = market.serve({ onTask: async (_task, { sandbox }) => (await sandbox.exec("make")).stdout });
  await told(market, ["started t1", "error t1", "lost t1"]);
  await runner.stop();
});

test("a runner stopped while it commits ends what it committed to", async () => {
  let answer: (() => void) | undefined;
  const market = await marketWith(["t1"], {
    "POST t1/executing": (_request, response) => {
      answer = () => send(response, { data: executing("t1") });
    },
  });
  const runner = market.serve({ onTask: () => "never" });
  await vi.waitFor(() => expect(answer).toBeDefined());
  const stopped = runner.stop({ graceMs: 0 });
  // The grace is over before the city has answered.
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  answer?.();
  await stopped;
  expect(types(market.events)).toEqual(["started t1", "failed t1"]);
  expect(market.calls.slice(1)).toEqual(["POST t1/executing", "POST t1/fail", "DELETE t1/sandbox/box-t1"]);
  expect(market.requests.find(({ url }) => url.endsWith("/fail"))?.body).toEqual({
    reason: "shutting_down",
    message: "The agent is shutting down.",
  });
});

test("a commitment whose answer never came is taken back", async () => {
  const market = await marketWith(["t1"], { "POST t1/executing": awayFor(5 * MINUTE) });
  const runner = market.serve({ poll: false, onTask: () => "never" });
  await vi.waitFor(() => expect(market.calls).toContain("POST t1/fail"), { timeout: 10_000 });
  await runner.stop();
  expect(types(market.events)[0]).toBe("failed t1");
});

test("an offer that is being provisioned when the runner is stopped is let pass", async () => {
  const market = await marketWith(["t1"], { "POST t1/sandbox/provision": () => {} });
  const runner = market.serve({ onTask: () => "never" });
  await vi.waitFor(() => expect(market.calls).toEqual(["POST t1/sandbox/provision"]));
  await runner.stop({ graceMs: 0 });
  expect(types(market.events)).toEqual(["declined t1"]);
  expect(market.requests.find(({ url }) => url.endsWith("/decline"))?.body).toEqual({ reason: "shutting_down" });
});
