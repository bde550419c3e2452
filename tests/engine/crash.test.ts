import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { advanceClock } from "#server/engine/clock.ts";
import { until } from "#tests/support/until.ts";
import { crashable } from "./crash-worker.ts";
import { freshCity } from "./fresh-city.ts";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

describe("kill -9", () => {
  test.each([
    { point: "step-one", stored: 0, ran: ["one", "one", "two", "three"] },
    { point: "between", stored: 1, ran: ["one", "two", "three"] },
    { point: "step-two", stored: 1, ran: ["one", "two", "two", "three"] },
  ])("at $point: the next start goes on there, repeats at most the step it was in, and skips none", async (given) => {
    const city = await freshCity();
    await city.pool.query("create table effect (id serial, step text, run text)");
    const child = await startWorker(city.url, given.point);
    await city.emit("a/b");
    await child.says(`at ${given.point}`);
    await until("the steps before that point are stored", async () => {
      const { rows } = await city.pool.query("select count(*)::int as stored from engine.step where state = 'done'");
      return rows[0].stored === given.stored;
    });
    await child.kill();

    const restarted = Date.now();
    const engine = await city.run([crashable(city, "none", () => undefined)]);
    await until("the run sleeps, so it has been taken over", async () => {
      const { rows } = await city.pool.query("select 1 from engine.step where op = 'Sleep'");
      return rows.length > 0;
    });
    // At once, not when the dead worker's lease is over.
    expect(Date.now() - restarted).toBeLessThan(20_000);
    await advanceClock(city.pool, 2_000);
    await engine.idle();
    const { rows } = await city.pool.query("select step from effect order by id");
    expect(rows.map((row) => row.step)).toEqual(given.ran);
    expect(await city.runs("crashable")).toMatchObject([{ status: "completed", output: "done" }]);
  });

  test("again and again in a burst of runs: every run completes, with no step left out", async () => {
    const city = await freshCity();
    await city.pool.query("create table effect (id serial, step text, run text)");
    const runs = 60;
    for (let i = 0; i < runs; i++) await city.emit("a/b", { i });
    for (const share of [0.2, 0.6]) {
      const child = await startWorker(city.url, "none");
      await until("some steps ran", async () => {
        const { rows } = await city.pool.query("select count(distinct (run, step))::int as steps from effect");
        return rows[0].steps >= runs * 2 * share;
      });
      await child.kill();
    }
    const engine = await city.run([crashable(city, "none", () => undefined)]);
    await engine.idle();
    await advanceClock(city.pool, 2_000);
    await engine.idle();
    const done = await city.runs("crashable");
    expect(done.filter((run) => run.status === "completed")).toHaveLength(runs);
    const { rows } = await city.pool.query("select count(distinct (run, step))::int as steps from effect");
    expect(rows[0].steps).toBe(runs * 3);
  });

  test("a living worker takes over from one that was killed, without any restart", async () => {
    const city = await freshCity();
    await city.pool.query("create table effect (id serial, step text, run text)");
    const child = await startWorker(city.url, "step-one");
    await city.emit("a/b");
    await child.says("at step-one");
    await city.run([crashable(city, "none", () => undefined)]);
    await child.kill();
    await until(
      "the other worker finishes the run",
      async () => (await city.runs("crashable"))[0].status === "completed",
    );
  });
});

test("a worker that was wrongly taken for dead writes nothing more and runs no further step", async () => {
  const city = await freshCity();
  const ran: string[] = [];
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const named = (worker: string, wait: () => Promise<void>) =>
    city.inngest.createFunction({ id: "fenced", triggers: { event: "a/b" } }, async ({ step }) => {
      const by = await step.run("slow", async () => {
        ran.push(`${worker}:slow`);
        await wait();
        return worker;
      });
      await step.run("next", () => ran.push(`${worker}:next`));
      return by;
    });
  const stale = named("stale", () => {
    entered.resolve();
    return release.promise;
  });
  const first = await city.run([stale], { concurrency: 1 });
  await city.emit("a/b");
  await entered.promise;
  await city.run([named("fresh", async () => undefined)]);
  await city.pool.query("update engine.run set driver = null, dispatch = dispatch + 1");
  await city.pool.query("select engine.enqueue(id) from engine.run");
  await until("the other worker finishes the run", async () => (await city.runs("fenced"))[0].status === "completed");
  release.resolve();
  await first.idle();
  expect(ran).toEqual(["stale:slow", "fresh:slow", "fresh:next"]);
  expect(await city.runs("fenced")).toMatchObject([{ status: "completed", output: "fresh" }]);
});

async function startWorker(url: string, point: string) {
  const child = spawn(process.execPath, [fileURLToPath(new URL("crash-worker.ts", import.meta.url)), url, point], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const heard = new Set<string>();
  if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => heard.add(line));
  const says = (line: string) => until(`the worker says "${line}"`, () => heard.has(line));
  await says("running");
  return {
    says,
    async kill() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
