import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { makeInngest } from "#inngest/client.ts";
import { forwardEvents } from "#server/engine/forward.ts";
import { purgeRuns } from "#server/engine/purge-runs.ts";
import { startEngine } from "#server/engine/start.ts";
import { quiet } from "#tests/support/quiet-log.ts";
import { until } from "#tests/support/until.ts";
import { freshCity } from "./fresh-city.ts";

test("under Inngest itself, a committed event is sent to its event endpoint under its own id, again if that failed", async () => {
  const city = await freshCity();
  const received: { path: string; events: { id: string; name: string; data: unknown }[] }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ path: request.url ?? "", events: JSON.parse(Buffer.concat(chunks).toString()) });
    const ok = received.length > 1;
    response.writeHead(ok ? 200 : 503, { "content-type": "application/json" });
    response.end(JSON.stringify(ok ? { ids: ["1"], status: 200 } : { error: "down", status: 503 }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const devUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const inngest = makeInngest({ mode: "inngest", devUrl, eventKey: "key", log: quiet });
  const worker = await forwardEvents({ pool: city.pool, inngest, log: quiet });
  const id = await city.emit("task/offered", { taskId: "t1" });
  await until("Inngest took it", () => received.length === 2);
  await worker.idle();
  await worker.stop();
  server.close();
  expect(received[1]).toMatchObject({ path: "/e/key", events: [{ id, name: "task/offered", data: { taskId: "t1" } }] });
});

test("the application's own tasks run on the same worker, and may not take the engine's names", async () => {
  const city = await freshCity();
  const seen: unknown[] = [];
  const engine = await city.run([], { tasks: { hello: async (payload) => void seen.push(payload) } });
  await city.pool.query(`select graphile_worker.add_job('hello', '{"a":1}'::json)`);
  await engine.idle();
  expect(seen).toEqual([{ a: 1 }]);
  const { pool, inngest } = city;
  const clash = startEngine({ pool, inngest, functions: [], log: quiet, tasks: { run: async () => undefined } });
  await expect(clash).rejects.toThrow('The task name "run"');
});

test("runs that ended days ago can be purged; those under way stay", async () => {
  const city = await freshCity();
  const good = city.inngest.createFunction({ id: "good", triggers: { event: "a/b" } }, async () => "fine");
  const bad = city.inngest.createFunction({ id: "bad", triggers: { event: "a/b" } }, async ({ step }) => {
    await step.run("no", () => Promise.reject(new Error("still down")));
  });
  const engine = await city.run([good, bad], { backOff: () => 3_600_000 });
  await city.emit("a/b");
  await engine.idle();
  expect(await purgeRuns(city.pool, 1)).toBe(0);
  expect(await purgeRuns(city.pool, 0)).toBe(1);
  expect([await city.runs("good"), await city.runs("bad")]).toMatchObject([[], [{ status: "running" }]]);
});
