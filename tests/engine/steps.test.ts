import { NonRetriableError, RetryAfterError } from "inngest";
import { describe, expect, test } from "vitest";
import { advanceClock } from "#server/engine/clock.ts";
import { until } from "#tests/support/until.ts";
import { freshCity } from "./fresh-city.ts";

describe("steps", () => {
  test("every step runs once, its result reaches the next one, and the run keeps the output", async () => {
    const city = await freshCity();
    const ran: string[] = [];
    const note = <T>(name: string, value: T): T => {
      ran.push(name);
      return value;
    };
    const fn = city.inngest.createFunction({ id: "chain", triggers: { event: "a/b" } }, async ({ event, step }) => {
      const one = await step.run("one", () => note("one", event.data.n + 1));
      const two = await step.run("two", () => note("two", Number(one) * 10));
      return step.run("three", () => note("three", { two, nothing: undefined }));
    });
    const engine = await city.run([fn]);
    await city.emit("a/b", { n: 4 });
    await engine.idle();
    expect(ran).toEqual(["one", "two", "three"]);
    expect(await city.runs("chain")).toMatchObject([{ status: "completed", output: { two: 50 }, driver: null }]);
  });

  test("an event handed over twice under one id starts nothing twice; one that was rolled back starts nothing", async () => {
    const city = await freshCity();
    const fn = city.inngest.createFunction({ id: "once", triggers: { event: "a/b" } }, async () => "ran");
    const engine = await city.run([fn]);
    const id = await city.emit("a/b");
    await city.emit("a/b", {}, id);
    const client = await city.pool.connect();
    await client.query("begin");
    await client.query(`select graphile_worker.add_job('event', '{"id":"x","name":"a/b","data":{},"ts":1}'::json)`);
    await client.query("rollback");
    client.release();
    await engine.idle();
    expect(await city.runs("once")).toHaveLength(1);
  });

  test("a failing step is tried again as often as `retries` says, and goes on when it succeeds", async () => {
    const city = await freshCity();
    const attempts: number[] = [];
    const before: string[] = [];
    const fn = city.inngest.createFunction(
      { id: "flaky", retries: 2, triggers: { event: "a/b" } },
      async ({ step, attempt }) => {
        await step.run("before", () => before.push("ran"));
        await step.run("flaky", () => {
          attempts.push(attempt);
          if (attempts.length < 3) throw new Error("not yet");
        });
        return step.run("after", () => "after");
      },
    );
    const engine = await city.run([fn]);
    await city.emit("a/b");
    await engine.idle();
    expect(attempts).toEqual([0, 1, 2]);
    expect(before).toHaveLength(1);
    expect(await city.runs("flaky")).toMatchObject([{ status: "completed", output: "after", error: null }]);
  });

  test("when all tries have failed the run is failed with its error, and onFailure gets error and event", async () => {
    const city = await freshCity();
    let tries = 0;
    const seen: unknown[] = [];
    const fn = city.inngest.createFunction(
      {
        id: "doomed",
        retries: 1,
        triggers: { event: "a/b" },
        onFailure: async ({ event, error, step }) => {
          await step.run("tell", () => seen.push([error.message, event.data.event.data.n, event.data.function_id]));
        },
      },
      async ({ step }) => {
        await step.run("no", () => {
          tries += 1;
          throw new Error("out of luck");
        });
      },
    );
    const other = city.inngest.createFunction(
      { id: "other", triggers: { event: "x/y" }, onFailure: () => seen.push("wrong handler") },
      async () => undefined,
    );
    const engine = await city.run([fn, other]);
    await city.emit("a/b", { n: 7 });
    await engine.idle();
    expect(tries).toBe(2);
    expect(seen).toEqual([["out of luck", 7, "city-doomed"]]);
    expect(await city.runs("doomed")).toMatchObject([{ status: "failed", error: { message: "out of luck" } }]);
    expect(await city.runs("doomed-failure")).toMatchObject([{ status: "completed" }]);
  });

  test("NonRetriableError ends the tries at once; a caught step failure lets the function go on", async () => {
    const city = await freshCity();
    let tries = 0;
    const fatal = city.inngest.createFunction({ id: "fatal", triggers: { event: "a/b" } }, async ({ step }) => {
      await step.run("no", () => {
        tries += 1;
        throw new NonRetriableError("never");
      });
    });
    const caught = city.inngest.createFunction(
      { id: "caught", retries: 0, triggers: { event: "a/b" } },
      async ({ step }) => {
        const failed = await step.run("no", () => Promise.reject(new Error("plan A failed"))).catch((e) => e.message);
        return step.run("plan-b", () => `plan B after: ${failed}`);
      },
    );
    const engine = await city.run([fatal, caught]);
    await city.emit("a/b");
    await engine.idle();
    expect(tries).toBe(1);
    expect(await city.runs("fatal")).toMatchObject([{ status: "failed" }]);
    expect(await city.runs("caught")).toMatchObject([{ status: "completed", output: "plan B after: plan A failed" }]);
  });

  test("a run that failed is taken up where it failed: finished steps are not done again, and it can end well", async () => {
    const city = await freshCity();
    const did: string[] = [];
    let broken = true;
    const fn = city.inngest.createFunction(
      { id: "mended", retries: 0, triggers: { event: "a/b" } },
      async ({ step }) => {
        const first = await step.run("first", () => did.push("first"));
        await step.run("second", () => {
          did.push("second");
          if (broken) throw new Error("down");
        });
        return first;
      },
    );
    const engine = await city.run([fn]);
    await city.emit("a/b");
    await engine.idle();
    const [failed] = await city.runs("mended");
    expect(failed).toMatchObject({ status: "failed" });
    const repeat = async () =>
      (await city.pool.query("select engine.repeat_run(id) as repeated from engine.run")).rows[0].repeated;
    broken = false;
    expect(await repeat()).toBe(true);
    await engine.idle();
    expect(await city.runs("mended")).toMatchObject([{ status: "completed", output: 1 }]);
    expect(did).toEqual(["first", "second", "second"]);
    expect(await repeat()).toBe(false);
  });

  test("RetryAfterError waits for the time it names, by the city's clock", async () => {
    const city = await freshCity();
    let tries = 0;
    const fn = city.inngest.createFunction({ id: "later", triggers: { event: "a/b" } }, async ({ step }) => {
      await step.run("busy", () => {
        tries += 1;
        if (tries === 1) throw new RetryAfterError("busy", "30m");
      });
    });
    const engine = await city.run([fn]);
    await city.emit("a/b");
    await engine.idle();
    await advanceClock(city.pool, 29 * 60_000);
    await engine.idle();
    expect(tries).toBe(1);
    await advanceClock(city.pool, 60_000);
    await engine.idle();
    expect(tries).toBe(2);
    expect(await city.runs("later")).toMatchObject([{ status: "completed" }]);
  });

  test("parallel steps overlap, each runs once, and one that fails is tried again alone", async () => {
    const city = await freshCity();
    const ran: string[] = [];
    let open = 0;
    const fn = city.inngest.createFunction({ id: "fan", triggers: { event: "a/b" } }, async ({ step }) => {
      const branch = (name: string) =>
        step.run(name, async () => {
          ran.push(name);
          open += 1;
          if (name !== "c") await until("the other branch is running too", () => open >= 2);
          if (name === "c" && ran.filter((x) => x === "c").length === 1) throw new Error("once");
          return name;
        });
      const all = await Promise.all([branch("a"), branch("b"), branch("c")]);
      return step.run("join", () => {
        ran.push("join");
        return all.join("");
      });
    });
    const engine = await city.run([fn]);
    await city.emit("a/b");
    await engine.idle();
    expect(ran.toSorted()).toEqual(["a", "b", "c", "c", "join"]);
    expect(await city.runs("fan")).toMatchObject([{ status: "completed", output: "abc" }]);
  });

  test("a step that runs again sends its events under the same ids, so they start nothing twice", async () => {
    const city = await freshCity();
    let sends = 0;
    const sender = city.inngest.createFunction({ id: "sender", triggers: { event: "a/b" } }, async ({ step }) => {
      await step.run("send-then-fail", async () => {
        await city.inngest.send([
          { name: "c/d", data: { n: 1 } },
          { name: "c/d", data: { n: 2 } },
        ]);
        sends += 1;
        if (sends === 1) throw new Error("after the send");
      });
      await step.sendEvent("tell", { name: "e/f", data: { n: 3 } });
    });
    const receiver = city.inngest.createFunction(
      { id: "receiver", triggers: [{ event: "c/d" }, { event: "e/f" }] },
      async ({ event }) => event.data.n,
    );
    const engine = await city.run([sender, receiver]);
    await city.emit("a/b");
    await engine.idle();
    expect(sends).toBe(2);
    expect((await city.runs("receiver")).map((run) => run.output).toSorted()).toEqual([1, 2, 3]);
  });

  test("invoke runs the other function and returns its output, or throws its failure", async () => {
    const city = await freshCity();
    const half = city.inngest.createFunction({ id: "half", retries: 0 }, async ({ event, step }) => {
      return step.run("half", () => {
        const { n } = event.data as { n: number };
        if (n % 2) throw new Error("odd");
        return n / 2;
      });
    });
    const caller = city.inngest.createFunction({ id: "caller", triggers: { event: "a/b" } }, async ({ step }) => {
      const even = await step.invoke("even", { function: half, data: { n: 8 } });
      const odd = await step.invoke("odd", { function: half, data: { n: 9 } }).catch((error) => error.message);
      return [even, odd];
    });
    const engine = await city.run([half, caller]);
    await city.emit("a/b");
    await engine.idle();
    expect(await city.runs("caller")).toMatchObject([{ status: "completed", output: [4, "odd"] }]);
  });

  test("what the engine cannot do fails the run with a plain message instead of waiting for ever", async () => {
    const city = await freshCity();
    const fn = city.inngest.createFunction({ id: "signal", triggers: { event: "a/b" } }, async ({ step }) => {
      await step.waitForSignal("s", { signal: "x", timeout: "1h", onConflict: "fail" });
    });
    const engine = await city.run([fn]);
    await city.emit("a/b");
    await engine.idle();
    const [run] = await city.runs("signal");
    expect(run.status).toBe("failed");
    expect(run.error.message).toContain("WaitForSignal");
  });
});
