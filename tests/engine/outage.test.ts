import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { eventType, staticSchema } from "inngest";
import type { Pool, QueryResult } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { ENGINE_LOCKS } from "#server/db/advisory-locks.ts";
import type { Answer } from "#server/engine/call.ts";
import { makeDrive } from "#server/engine/drive.ts";
import { readFunctions } from "#server/engine/registry.ts";
import { startRun } from "#server/engine/runs.ts";
import { newId } from "#server/kernel/ids.ts";
import { quiet } from "#tests/support/quiet-log.ts";
import { until } from "#tests/support/until.ts";
import { freshCity } from "./fresh-city.ts";
import { emit, makeCity, openPool } from "./support.ts";

test("every connection lost in the middle of a step: the run goes on, and the worker proves anew that it lives", async () => {
  const city = await freshCity();
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const ran: string[] = [];
  const fn = city.inngest.createFunction({ id: "outage", triggers: { event: "a/b" } }, async ({ step }) => {
    await step.run("during", async () => {
      ran.push("during");
      entered.resolve();
      await release.promise;
    });
    return step.run("after", () => "after");
  });
  await city.run([fn]);
  const observer = await observe(city.url);
  await observer.emit();
  await entered.promise;
  await observer.cut();
  release.resolve();
  await until("the run completes", async () => (await observer.statuses())[0] === "completed");
  await until("the lock of the worker is held again", async () => {
    const { rows } = await observer.pool.query(
      `select 1 from engine.worker w join pg_locks l on l.locktype = 'advisory' and l.objid::bigint = w.lock_key
       where l.classid = ${ENGINE_LOCKS} and l.granted
         and l.database = (select oid from pg_database where datname = current_database())`,
    );
    return rows.length === 1;
  });
  await observer.emit();
  await until("a new event's run completes", async () => (await observer.statuses())[1] === "completed");
});

test("connections lost again and again while a burst runs: every run completes", async () => {
  const city = await freshCity();
  const fn = city.inngest.createFunction({ id: "burst", triggers: { event: "a/b" } }, async ({ step }) => {
    await step.run("one", () => 1);
    await step.run("two", () => 2);
  });
  await city.run([fn]);
  const observer = await observe(city.url);
  for (let i = 0; i < 30; i++) await observer.emit();
  const completed = async () => (await observer.statuses()).filter((status) => status === "completed").length;
  for (const share of [1, 10]) {
    await until("some runs completed", async () => (await completed()) >= share);
    await observer.cut();
  }
  await until("all runs completed", async () => (await completed()) === 30, { limitMs: 60_000 });
});

test("PostgreSQL out of reach for a while: the queue comes back by itself and every run completes", async () => {
  const city = await freshCity();
  const line = await openLine(city.url);
  const remote = makeCity(line.url);
  const fn = remote.inngest.createFunction({ id: "away", triggers: { event: "a/b" } }, async ({ step }) => {
    await step.run("one", () => 1);
    await step.run("two", () => 2);
  });
  await remote.run([fn]);
  const observer = await observe(city.url);
  const completed = async () => (await observer.statuses()).filter((status) => status === "completed").length;
  for (let i = 0; i < 40; i++) await observer.emit();
  await until("some runs completed", async () => (await completed()) >= 5);
  line.cut();
  const before = await completed();
  expect(before).toBeLessThan(40);
  await until("the worker's lock is gone, so it has lost PostgreSQL", async () => {
    const { rows } = await observer.pool.query(
      `select 1 from pg_locks where locktype = 'advisory' and classid = ${ENGINE_LOCKS} and objid > 0
         and database = (select oid from pg_database where datname = current_database())`,
    );
    return rows.length === 0;
  });
  line.mend();
  await until("all runs completed", async () => (await completed()) === 40, { limitMs: 40_000 });
  await remote.stop();
  line.close();
}, 60_000);

test("an event that was given up after too many tries is taken up by the next start", async () => {
  const city = await freshCity();
  const fn = city.inngest.createFunction({ id: "given-up", triggers: { event: "a/b" } }, async () => "done");
  await city.emit("a/b");
  await city.pool.query("update graphile_worker._private_jobs set attempts = max_attempts, run_at = now() + '1 day'");
  await (await city.run([fn])).idle();
  expect(await city.runs("given-up")).toMatchObject([{ status: "completed" }]);
});

test("a job whose hand-over got lost with its connection is worked off soon, not when its lock expires", async () => {
  const lost = Promise.withResolvers<void>();
  const city = await freshCity({ onPool: (pool) => loseOneHandOver(pool, lost.resolve) });
  const fn = city.inngest.createFunction({ id: "lost", triggers: { event: "a/b" } }, async () => "done");
  await city.run([fn]);
  await city.emit("a/b");
  await lost.promise;
  await until("the run completes", async () => (await city.runs("lost"))[0]?.status === "completed");
});

/** The first job that PostgreSQL hands out over this pool does not arrive: the connection breaks over the answer. */
function loseOneHandOver(pool: Pool, lost: () => void): void {
  let toLose = true;
  pool.on("connect", (client) => {
    const query = client.query.bind(client) as (...sent: unknown[]) => Promise<QueryResult>;
    client.query = (async (...sent: unknown[]) => {
      const answer = await query(...sent);
      const { name } = sent[0] as { name?: string };
      if (!toLose || !name?.startsWith("get_job") || answer.rowCount === 0) return answer;
      toLose = false;
      lost();
      throw new Error("Connection terminated unexpectedly");
    }) as typeof client.query;
  });
}

/** Drives one run by hand, as two processes would; `calls` are what the function does, one after the other. */
async function handDriven(calls: (() => Promise<Answer>)[]) {
  const city = await freshCity();
  const fn = city.inngest.createFunction({ id: "by-hand", triggers: { event: "a/b" } }, async () => undefined);
  const registry = readFunctions(city.inngest, [fn]);
  const [entry] = registry.startedBy("a/b", {});
  if (!entry) throw new Error("The function is not triggered.");
  await startRun(city.pool, entry, { id: newId(), name: "a/b", data: {}, ts: Date.now() });
  const [run] = await city.runs("by-hand");
  const call = () => calls.shift()?.() ?? Promise.reject(new Error("one call too many"));
  const driverOf = (workerId: string) =>
    makeDrive({ pool: city.pool, registry, call, log: quiet, workerId, backOff: () => 0 });
  return {
    driverOf,
    runId: run.id as string,
    state: async () => (await city.runs("by-hand"))[0],
    async jobs() {
      const { rows } = await city.pool.query("select id from graphile_worker.jobs where task_identifier = 'run'");
      return rows.length;
    },
  };
}
const done = async (): Promise<Answer> => ({ kind: "output", output: "done" });

test("a job that is handed out anew while its drive still runs takes over when that drive fails", async () => {
  const entered = Promise.withResolvers<void>();
  const first = Promise.withResolvers<Answer>();
  const { driverOf, runId, state } = await handDriven([
    () => {
      entered.resolve();
      return first.promise;
    },
    done,
  ]);
  const drive = driverOf("one");
  const failing = drive(runId);
  await entered.promise;
  const again = drive(runId);
  first.reject(new Error("PostgreSQL is away"));
  await expect(failing).rejects.toThrow("away");
  await again;
  expect(await state()).toMatchObject({ status: "completed", output: "done", driver: null });
});

test("a drive that fails gives the run back: another process can take it, and one that had looked in comes again", async () => {
  const entered = Promise.withResolvers<void>();
  const first = Promise.withResolvers<Answer>();
  const { driverOf, runId, state, jobs } = await handDriven([
    () => {
      entered.resolve();
      return first.promise;
    },
    done,
  ]);
  const failing = driverOf("one")(runId);
  await entered.promise;
  const other = driverOf("two");
  await other(runId);
  expect(await state()).toMatchObject({ status: "running", driver: "one", again: true });
  const before = await jobs();
  first.reject(new Error("PostgreSQL is away"));
  await expect(failing).rejects.toThrow("away");
  expect(await state()).toMatchObject({ driver: null, again: false });
  expect(await jobs()).toBe(before + 1);
  await other(runId);
  expect(await state()).toMatchObject({ status: "completed", driver: null });
});

test("typed events trigger, cancel and resume as plain names do", async () => {
  const city = await freshCity();
  const offered = eventType("task/offered", { schema: staticSchema<{ taskId: string }>() });
  const accepted = eventType("task/accepted", { schema: staticSchema<{ taskId: string; by: string }>() });
  const cancelled = eventType("task/cancelled", { schema: staticSchema<{ taskId: string }>() });
  const fn = city.inngest.createFunction(
    { id: "typed", triggers: [offered], cancelOn: [{ event: cancelled, match: "data.taskId" }] },
    async ({ event, step }) => {
      const answer = await step.waitForEvent("answer", { event: accepted, match: "data.taskId", timeout: "2m" });
      return `${event.data.taskId}:${answer?.data.by}`;
    },
  );
  const engine = await city.run([fn]);
  for (const taskId of ["t1", "t2"]) {
    await city.emit("task/offered", { taskId });
    await engine.idle();
  }
  await city.emit("task/accepted", { taskId: "t1", by: "ann" });
  await city.emit("task/cancelled", { taskId: "t2" });
  await engine.idle();
  const runs = await city.runs("typed");
  expect(runs.map((run) => [run.status, run.output])).toEqual([
    ["completed", "t1:ann"],
    ["cancelled", null],
  ]);
});

/** A TCP line to PostgreSQL that can be cut: open connections break and new ones are refused. */
async function openLine(url: string) {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        near.destroy();
        far.destroy();
        sockets.delete(socket);
      });
    }
    near.pipe(far).pipe(near);
    return undefined;
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const line = new URL(url);
  line.port = String((server.address() as AddressInfo).port);
  return {
    url: line.href,
    cut() {
      whole = false;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      whole = true;
    },
    close: () => server.close(),
  };
}

/** A connection of its own, that the cut leaves alone. */
async function observe(url: string) {
  const watched = new URL(url);
  watched.searchParams.set("application_name", "observer");
  const pool = openPool(watched.href);
  onTestFinished(() => pool.end());
  return {
    pool,
    emit: () => emit(pool, "a/b", {}),
    async statuses(): Promise<string[]> {
      return (await pool.query("select status from engine.run order by created_at, id")).rows.map((row) => row.status);
    },
    cut: () =>
      pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name <> 'observer'`,
      ),
  };
}
