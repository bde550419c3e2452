import { describe, expect, test } from "vitest";
import { advanceClock } from "#server/engine/clock.ts";
import { MINUTE } from "#tests/support/durations.ts";
import { freshCity } from "./fresh-city.ts";

describe("waits", () => {
  test("a sleep ends when the city's clock says so, not before", async () => {
    const city = await freshCity();
    const fn = city.inngest.createFunction({ id: "nap", triggers: { event: "a/b" } }, async ({ step }) => {
      await step.sleep("nap", "15m");
      const { now } = await step.run("now", async () => (await city.pool.query("select city_now() as now")).rows[0]);
      await step.sleepUntil("until", new Date(new Date(now).getTime() + 10 * MINUTE));
      return "awake";
    });
    const engine = await city.run([fn]);
    await city.emit("a/b");
    await engine.idle();
    await advanceClock(city.pool, 14 * MINUTE);
    await engine.idle();
    expect(await city.runs("nap")).toMatchObject([{ status: "running", driver: null }]);
    await advanceClock(city.pool, MINUTE);
    await engine.idle();
    await advanceClock(city.pool, 9 * MINUTE);
    await engine.idle();
    expect(await city.runs("nap")).toMatchObject([{ status: "running" }]);
    await advanceClock(city.pool, MINUTE);
    await engine.idle();
    expect(await city.runs("nap")).toMatchObject([{ status: "completed", output: "awake" }]);
  });

  test("a sleep whose end passed while the engine was down ends at the next start", async () => {
    const city = await freshCity();
    const fn = city.inngest.createFunction({ id: "nap", triggers: { event: "a/b" } }, async ({ step }) => {
      await step.sleep("nap", "1d");
      return "awake";
    });
    const first = await city.run([fn]);
    await city.emit("a/b");
    await first.idle();
    await city.halt();
    await advanceClock(city.pool, 25 * 60 * MINUTE);
    const second = await city.run([fn]);
    await second.idle();
    expect(await city.runs("nap")).toMatchObject([{ status: "completed", output: "awake" }]);
  });

  test("waitForEvent takes the event whose field matches, ignores others, and yields null when time is up", async () => {
    const city = await freshCity();
    const fn = city.inngest.createFunction({ id: "wait", triggers: { event: "task/offered" } }, async ({ step }) => {
      const answer = await step.waitForEvent("answer", { event: "task/accepted", match: "data.taskId", timeout: "2m" });
      return answer ? answer.data.by : "nobody";
    });
    const engine = await city.run([fn]);
    await city.emit("task/offered", { taskId: "t1" });
    await city.emit("task/offered", { taskId: "t2" });
    await engine.idle();
    await city.emit("task/accepted", { taskId: "t2", by: "ann" });
    await city.emit("task/accepted", { taskId: "t3", by: "eve" });
    await engine.idle();
    await advanceClock(city.pool, 2 * MINUTE);
    await engine.idle();
    const outputs = Object.fromEntries((await city.runs("wait")).map((run) => [run.event.data.taskId, run.output]));
    expect(outputs).toEqual({ t1: "nobody", t2: "ann" });
    expect((await city.pool.query("select * from engine.wait")).rows).toEqual([]);
    expect((await city.pool.query("select key from graphile_worker.jobs")).rows).toEqual([]);
  });

  test("cancelOn ends the run whose field matches and leaves nothing of its timers", async () => {
    const city = await freshCity();
    const fn = city.inngest.createFunction(
      {
        id: "cancellable",
        triggers: { event: "task/started" },
        cancelOn: [{ event: "task/cancelled", match: "data.taskId" }],
      },
      async ({ step }) => {
        await step.sleep("deadline", "30m");
        return step.run("expire", () => "expired");
      },
    );
    const engine = await city.run([fn]);
    await city.emit("task/started", { taskId: "t1" });
    await city.emit("task/started", { taskId: "t2" });
    await engine.idle();
    await city.emit("task/cancelled", { taskId: "t1" });
    await engine.idle();
    expect((await city.pool.query("select key from graphile_worker.jobs")).rows).toHaveLength(1);
    await advanceClock(city.pool, 30 * MINUTE);
    await engine.idle();
    const states = Object.fromEntries(
      (await city.runs("cancellable")).map((run) => [run.event.data.taskId, run.status]),
    );
    expect(states).toEqual({ t1: "cancelled", t2: "completed" });
  });

  test("a run cancelled in the middle of a step runs no step after it", async () => {
    const city = await freshCity();
    const ran: string[] = [];
    let finish: () => void = () => undefined;
    const entered = Promise.withResolvers<void>();
    const fn = city.inngest.createFunction(
      { id: "stopped", triggers: { event: "a/b" }, cancelOn: [{ event: "a/stop" }] },
      async ({ step }) => {
        await step.run("long", async () => {
          ran.push("long");
          await new Promise<void>((resolve) => {
            finish = resolve;
            entered.resolve();
          });
        });
        await step.run("next", () => ran.push("next"));
      },
    );
    const engine = await city.run([fn]);
    await city.emit("a/b");
    await entered.promise;
    await city.emit("a/stop");
    await expect.poll(async () => (await city.runs("stopped"))[0].status).toBe("cancelled");
    finish();
    await engine.idle();
    expect(ran).toEqual(["long"]);
    expect(await city.runs("stopped")).toMatchObject([{ status: "cancelled" }]);
  });

  test("timeouts.finish ends a run that takes too long", async () => {
    const city = await freshCity();
    const fn = city.inngest.createFunction(
      { id: "slow", triggers: { event: "a/b" }, timeouts: { finish: "1h" } },
      async ({ step }) => {
        await step.waitForEvent("never", { event: "never/comes", timeout: "2d" });
      },
    );
    const engine = await city.run([fn]);
    await city.emit("a/b");
    await engine.idle();
    await advanceClock(city.pool, 61 * MINUTE);
    await engine.idle();
    expect(await city.runs("slow")).toMatchObject([{ status: "cancelled", error: { name: "Timeout" } }]);
  });

  test("a sleep and a step side by side: the step is not run again when the sleep ends", async () => {
    const city = await freshCity();
    const ran: string[] = [];
    const fn = city.inngest.createFunction({ id: "both", triggers: { event: "a/b" } }, async ({ step }) => {
      const chain = async () => {
        await step.run("first", () => ran.push("first"));
        await step.run("second", () => ran.push("second"));
      };
      await Promise.all([step.sleep("hour", "1h"), chain()]);
      return step.run("last", () => ran.push("last"));
    });
    const engine = await city.run([fn]);
    await city.emit("a/b");
    await engine.idle();
    expect(ran).toEqual(["first", "second"]);
    await advanceClock(city.pool, 60 * MINUTE);
    await engine.idle();
    expect(ran).toEqual(["first", "second", "last"]);
    expect(await city.runs("both")).toMatchObject([{ status: "completed" }]);
  });

  test("cron runs once for each tick of the city's clock, and once for ticks missed while the engine was down", async () => {
    const city = await freshCity();
    const fn = city.inngest.createFunction({ id: "daily", triggers: { cron: "0 4 * * *" } }, async ({ step }) =>
      step.run("now", async () => (await city.pool.query("select city_now()::text as now")).rows[0].now),
    );
    const engine = await city.run([fn]);
    await engine.idle();
    expect(await city.runs("daily")).toHaveLength(0);
    await advanceClock(city.pool, 24 * 60 * MINUTE);
    await engine.idle();
    expect(await city.runs("daily")).toHaveLength(1);
    await advanceClock(city.pool, 24 * 60 * MINUTE);
    await engine.idle();
    expect(await city.runs("daily")).toHaveLength(2);
    await city.halt();
    await advanceClock(city.pool, 10 * 24 * 60 * MINUTE);
    const again = await city.run([fn]);
    await again.idle();
    expect(await city.runs("daily")).toHaveLength(3);
    await advanceClock(city.pool, 24 * 60 * MINUTE);
    await again.idle();
    expect(await city.runs("daily")).toHaveLength(4);
    await city.halt();
    await city.run([]);
    expect((await city.pool.query("select key from graphile_worker.jobs")).rows).toEqual([]);
  });
});
