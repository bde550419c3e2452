import { Inngest } from "inngest";
import { describe, expect, test } from "vitest";
import { nextTick } from "#server/engine/cron.ts";
import { parseDuration, parseWake } from "#server/engine/durations.ts";
import { readFunctions } from "#server/engine/registry.ts";

const inngest = new Inngest({ id: "city", isDev: true });
const none = async () => undefined;

describe("what the engine lacks is refused at start, by function and option", () => {
  test.each([
    ["concurrency", { concurrency: 2 }],
    ["throttle", { throttle: { limit: 1, period: "1m" } }],
    ["debounce", { debounce: { period: "1m" } }],
    ["rateLimit", { rateLimit: { limit: 1, period: "1m" } }],
    ["batchEvents", { batchEvents: { maxSize: 2, timeout: "1s" } }],
    ["priority", { priority: { run: "1" } }],
    ["singleton", { singleton: { mode: "skip" } }],
    ["idempotency", { idempotency: "event.data.id" }],
    ["triggers.if", { triggers: { event: "a/b", if: "event.data.n > 1" } }],
    ["triggers.event with a wildcard", { triggers: { event: "a/*" } }],
    ["triggers.cron with a time zone", { triggers: { cron: "TZ=Europe/Paris 0 4 * * *" } }],
    ["cancelOn.if", { cancelOn: [{ event: "c/d", if: "async.data.n > 1" }] }],
    ["cancelOn.timeout", { cancelOn: [{ event: "c/d", timeout: "1h" }] }],
    ["timeouts.start", { timeouts: { start: "1h" } }],
  ])("%s", (option, options) => {
    const fn = inngest.createFunction({ id: "wants-more", triggers: { event: "a/b" }, ...(options as object) }, none);
    expect(() => readFunctions(inngest, [fn])).toThrow(`Function "wants-more" uses ${option},`);
  });

  test("a cron expression that cannot be read, and two functions of one id", () => {
    const bad = inngest.createFunction({ id: "bad", triggers: { cron: "61 * * * *" } }, none);
    expect(() => readFunctions(inngest, [bad])).toThrow('Function "bad": "61 * * * *"');
    const one = inngest.createFunction({ id: "same", triggers: { event: "a/b" } }, none);
    expect(() => readFunctions(inngest, [one, one])).toThrow('two functions with the id "city-same"');
  });
});

test("a failure handler is started only by the failures of its own function", () => {
  const fn = inngest.createFunction({ id: "main", triggers: { event: "a/b" }, onFailure: none }, none);
  const registry = readFunctions(inngest, [fn]);
  const ids = (id: string) => registry.startedBy("inngest/function.failed", { function_id: id }).map((e) => e.id);
  expect(ids("city-main")).toEqual(["city-main-failure"]);
  expect(ids("city-other")).toEqual([]);
});

test.each([
  ["*/15 * * * *", "2026-03-01T10:07:30Z", "2026-03-01T10:15:00Z"],
  ["0 4 * * *", "2026-03-01T04:00:00Z", "2026-03-02T04:00:00Z"],
  ["30 6 * * 1", "2026-03-01T10:00:00Z", "2026-03-02T06:30:00Z"],
  ["0 0 29 2 *", "2026-03-01T10:00:00Z", "2028-02-29T00:00:00Z"],
])("the next tick of %s after %s is %s", (cron, after, expected) => {
  expect(nextTick(cron, new Date(after)).toISOString()).toBe(expected.replace("Z", ".000Z"));
});

test("times as the SDK sends them are read; anything else is not taken for a time", () => {
  expect(parseDuration("1d2h3m4s")).toBe(93_784_000);
  expect(parseDuration("soon")).toBeUndefined();
  expect(parseWake("2026-03-01T10:00:00.000Z")).toEqual({ wakeAt: "2026-03-01T10:00:00.000Z" });
  expect(parseWake("soon")).toBeUndefined();
});
