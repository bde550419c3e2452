import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AuthenticationError } from "@ai-city/sdk";
import { Webhook } from "standardwebhooks";
import { expect, test, vi } from "vitest";
import { MINUTE } from "#tests/support/durations.ts";
import { cityServer, hangUp, send } from "./support/city-server.ts";
import { marketWith, offer, told, types } from "./support/market.ts";

const run = promisify(execFile);
const SECRET = `whsec_${Buffer.from("a secret of thirty-two bytes ok!").toString("base64")}`;

test("a task goes through provision, commitment, work, delivery and clean-up, in that order", async () => {
  const market = await marketWith(["t1"]);
  const runner = market.serve({
    onTask: (task, { sandbox, quotedCents }) => `${task.input.description} ${sandbox.id} ${quotedCents}`,
  });
  await told(market, ["started t1", "completed t1"]);
  await runner.stop();
  expect(market.calls).toEqual([
    "POST t1/sandbox/provision",
    "POST t1/executing",
    "POST t1/complete",
    "DELETE t1/sandbox/box-t1",
  ]);
  const complete = market.requests.find((r) => r.url.endsWith("/complete"));
  expect(complete?.body).toMatchObject({ output: { result: "t1 box-t1 300" } });
});

test("never more tasks at a time than the limit, and each task once", async () => {
  const ids = ["a", "b", "c", "d", "e"];
  const market = await marketWith(ids);
  let now = 0;
  let most = 0;
  const worked: string[] = [];
  const runner = market.serve({
    concurrency: 2,
    onTask: async (task) => {
      worked.push(task.id);
      now += 1;
      most = Math.max(most, now);
      // Two more looks for offers happen while this one is in work.
      const looks = market.requests.filter((r) => r.url.endsWith("/submitted")).length;
      await vi.waitFor(() =>
        expect(market.requests.filter((r) => r.url.endsWith("/submitted")).length).toBeGreaterThan(looks + 1),
      );
      now -= 1;
      return "done";
    },
  });
  await vi.waitFor(() => expect(market.events.filter((e) => e.type === "completed")).toHaveLength(5), {
    timeout: 4000,
  });
  await runner.stop();
  expect(most).toBe(2);
  expect(worked.sort()).toEqual(ids);
});

test("work that throws is reported as failed without its inner text, and the sandbox goes", async () => {
  const market = await marketWith(["t1"]);
  const runner = market.serve({
    onTask: () => {
      throw new TypeError("key sk-123 refused by http://10.0.0.7");
    },
  });
  await vi.waitFor(() => expect(market.calls).toContain("DELETE t1/sandbox/box-t1"));
  await runner.stop();
  const fail = market.requests.find((r) => r.url.endsWith("/fail"));
  expect(fail?.body).toEqual({ reason: "agent_error", message: "The agent stopped with an error (TypeError)." });
  expect(market.calls).not.toContain("POST t1/complete");
  expect(types(market.events)).toContain("failed t1");
});

test("an offer that went elsewhere is lost, not a failure", async () => {
  const gone = { status: 409, error: { code: "INVALID_STATE", message: "withdrawn" } };
  const market = await marketWith(["t1"], { "POST t1/executing": gone });
  const runner = market.serve({ onTask: () => "never" });
  await vi.waitFor(() => expect(types(market.events)).toContain("lost t1"));
  await runner.stop();
  expect(market.calls).toContain("DELETE t1/sandbox/box-t1");
  expect(market.calls.some((call) => call.endsWith("/fail"))).toBe(false);
});

test("an offer that cannot be provisioned is tried three times and then left alone", async () => {
  const broken = { status: 400, error: { code: "VALIDATION_ERROR", message: "no" } };
  const market = await marketWith(["t1"], { "POST t1/sandbox/provision": broken });
  const runner = market.serve({ onTask: () => "never" });
  const looks = () => market.requests.filter((r) => r.url.endsWith("/submitted")).length;
  await vi.waitFor(() => expect(looks()).toBeGreaterThan(8));
  await runner.stop();
  expect(market.calls).toEqual(Array(3).fill("POST t1/sandbox/provision"));
});

test.each([true, false])("an offer that cannot be taken is left alone for a while (polling: %s)", async (poll) => {
  const tries: number[] = [];
  let now = () => 0;
  const market = await marketWith(["t1"], {
    "POST t1/sandbox/provision": (_request, response) => {
      tries.push(now());
      send(response, { status: 400, error: { code: "VALIDATION_ERROR", message: "no" } });
    },
  });
  now = market.now;
  const runner = market.serve({ poll, pollInterval: 7_000, onTask: () => "never" });
  await vi.waitFor(() => expect(tries).toHaveLength(3));
  await runner.stop();
  for (const [index, at] of tries.slice(1).entries()) expect(at - (tries[index] ?? 0)).toBeGreaterThanOrEqual(7_000);
});

test.each([
  ["for a moment was not listed is still tried no more than three times", 59, 3],
  ["comes anew after it was not listed for an hour is tried anew: what was is forgotten", 61, 6],
])("an offer that %s", async (_what, minutesAway, tries) => {
  const broken = { status: 400, error: { code: "VALIDATION_ERROR", message: "no" } };
  let backAt = Number.POSITIVE_INFINITY;
  let now = () => 0;
  let looks = 0;
  const market = await marketWith(["t1"], {
    "POST t1/sandbox/provision": broken,
    "GET submitted": (_request, response) => {
      if (market.calls.length === 3 && backAt === Number.POSITIVE_INFINITY) backAt = now() + minutesAway * MINUTE;
      const there = market.calls.length < 3 || now() >= backAt;
      if (there && backAt < Number.POSITIVE_INFINITY) looks += 1;
      send(response, { data: there ? [offer("t1")] : [] });
    },
  });
  now = market.now;
  const runner = market.serve({ pollInterval: MINUTE, onTask: () => "never" });
  await vi.waitFor(() => expect(looks).toBeGreaterThan(8), { timeout: 10_000 });
  await runner.stop();
  expect(market.calls).toEqual(Array(tries).fill("POST t1/sandbox/provision"));
});

test("an offer that is not accepted is declined before anything is provisioned", async () => {
  const market = await marketWith(["t1"]);
  const runner = market.serve({ accept: () => false, onTask: () => "never" });
  await told(market, ["declined t1"]);
  await runner.stop();
  expect(market.calls).toEqual(["POST t1/decline"]);
});

test("stopping takes no further task and lets the running one finish", async () => {
  const market = await marketWith(["t1", "t2"]);
  let finish: ((result: string) => void) | undefined;
  const runner = market.serve({ onTask: () => new Promise<string>((resolve) => (finish = resolve)) });
  await vi.waitFor(() => expect(finish).toBeDefined());
  const stopped = runner.stop();
  finish?.("done");
  await stopped;
  await runner.done;
  expect(types(market.events)).toEqual(["started t1", "completed t1"]);
});

test("after the grace period the running task is aborted and reported", async () => {
  const market = await marketWith(["t1"]);
  const runner = market.serve({ onTask: () => new Promise<string>(() => {}) });
  await vi.waitFor(() => expect(types(market.events)).toContain("started t1"));
  await runner.stop({ graceMs: 10 });
  expect(market.calls).toContain("POST t1/fail");
  expect(market.calls.at(-1)).toBe("DELETE t1/sandbox/box-t1");
});

test("a refused key ends the runner, anything else does not", async () => {
  const refused = await marketWith([], {
    "GET submitted": { status: 401, error: { code: "AGENT_DEACTIVATED", message: "off" } },
  });
  await expect(refused.serve({ onTask: () => "x" }).done).rejects.toBeInstanceOf(AuthenticationError);
  let first = true;
  const shaky = await marketWith(["t1"]);
  const runner = shaky.serve({
    onTask: () => {
      if (!first) return "done";
      first = false;
      throw new Error("once");
    },
  });
  await vi.waitFor(() => expect(types(shaky.events)).toContain("failed t1"));
  shaky.offerMore("t2");
  await vi.waitFor(() => expect(types(shaky.events)).toContain("completed t2"));
  await runner.stop();
});

test("a refused key is told as an event and ends no process that does not await it", async () => {
  const refused = await cityServer({ status: 401, error: { code: "INVALID_API_KEY", message: "off" } });
  const script = `
    import { AgentCity } from "@ai-city/sdk";
    const city = new AgentCity({ apiKey: "k", baseUrl: "${refused.url}" });
    const awaitLate = () => runner.done.catch((error) => console.log("rejected", error.code));
    const onEvent = ({ type, error }) => {
      console.log(type, error.code);
      setImmediate(awaitLate);
    };
    const runner = city.agents.serve({ onTask: () => "x", onEvent });`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script]);
  expect(stdout.trim().split("\n")).toEqual(["error INVALID_API_KEY", "rejected INVALID_API_KEY"]);
});

test("a runner whose signal is aborted already asks for nothing and is done", async () => {
  const market = await marketWith(["t1"]);
  const runner = market.serve({ onTask: () => "never", signal: AbortSignal.abort() });
  await runner.done;
  await runner.stop();
  expect(market.requests).toEqual([]);
});

test("a runner that is done has let go of its signal", async () => {
  const market = await marketWith(["t1"]);
  const { signal } = new AbortController();
  const added = vi.spyOn(signal, "addEventListener");
  const removed = vi.spyOn(signal, "removeEventListener");
  await market.serve({ onTask: () => "done", signal }).stop();
  expect(removed.mock.calls.map(([type, listener]) => [type, listener])).toEqual(
    added.mock.calls.map(([type, listener]) => [type, listener]),
  );
});

test("a runner fed by webhooks looks again when the city could not be asked", async () => {
  const market = await marketWith(["t1"], { "GET submitted": Array(3).fill(hangUp) });
  const runner = market.serve({ poll: false, onTask: () => "done" });
  await told(market, ["error", "started t1", "completed t1"]);
  await runner.stop();
});

test("webhooks alone start work, and a withdrawn offer stops it", async () => {
  const market = await marketWith([]);
  let signal: AbortSignal | undefined;
  const runner = market.serve({
    poll: false,
    webhookSecret: SECRET,
    onTask: (_task, work) => {
      signal = work.signal;
      return new Promise<string>(() => {});
    },
  });
  const deliver = (type: string, data: object) => {
    const body = JSON.stringify({ type, timestamp: new Date(1_700_000_000_000).toISOString(), data });
    const at = new Date(1_700_000_000_000);
    const headers = {
      "webhook-id": "m",
      "webhook-timestamp": "1700000000",
      "webhook-signature": new Webhook(SECRET).sign("m", at, body),
    };
    return runner.handleWebhook(body, headers);
  };
  await deliver("task_assigned", offer("t9"));
  await vi.waitFor(() => expect(signal).toBeDefined());
  await deliver("task_assigned", offer("t9"));
  await deliver("offer_withdrawn", { id: "t9" });
  await told(market, ["started t9", "lost t9"]);
  expect(signal?.aborted).toBe(true);
  await runner.stop();
  expect(market.calls.filter((call) => call.endsWith("/provision"))).toHaveLength(1);
  expect(market.calls.some((call) => call.endsWith("/fail"))).toBe(false);
});
