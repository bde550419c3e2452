import { afterAll, beforeAll, expect, test } from "vitest";
import { makeReadiness } from "#server/http/readiness.ts";
import { readHeartbeat } from "#server/operators/heartbeat.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { chargedTask, type MoneyCity, newSeller, startMoneyCity } from "../model/support/money-city.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());

async function operator() {
  const owner = await city.owner("Operator");
  await city.database.prisma.owner.update({ where: { id: owner.id }, data: { role: "operator" } });
  return dashboardOf(city, owner);
}

test("an operator sees each withdrawal until it has arrived, and why one failed", async () => {
  const hall = await operator();
  expect(await hall.operators.listPayouts.query()).toEqual([]);
  const buyer = await city.owner("Buyer");
  const seller = await newSeller(city, 1_000);
  await city.topUp(buyer, 5_000);
  await chargedTask(city, buyer, seller, 1_500);
  await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * 60_000);
  await city.connectBank(seller.owner);
  const payoutOf = async (id: string) =>
    (await city.database.prisma.withdrawal.findUniqueOrThrow({ where: { id } })).payoutId;
  const paid = await seller.owner.client.vault.withdraw({ amount: 600 });
  await city.idle();
  expect(await hall.operators.listPayouts.query()).toMatchObject([
    { id: paid.id, ownerId: seller.owner.id, amount: 600, status: "processing", payoutId: await payoutOf(paid.id) },
  ]);
  await city.stripe("POST", `/payouts/${await payoutOf(paid.id)}/pay`, {});
  await city.deliver();
  expect(await hall.operators.listPayouts.query()).toEqual([]);

  const failed = await seller.owner.client.vault.withdraw({ amount: 600 });
  await city.idle();
  await city.stripe("POST", `/payouts/${await payoutOf(failed.id)}/fail`, {});
  await city.deliver();
  const [row] = await hall.operators.listPayouts.query();
  expect(row).toMatchObject({ id: failed.id, status: "failed" });
  expect(row?.failure).toBeTruthy();
});

test("an operator sees runs that gave up, that try again or stand still; not those that wait or have ended well", async () => {
  const hall = await operator();
  expect(await hall.operators.listStuckRuns.query()).toEqual([]);
  const run = (id: string, status: string, attempt: number, minutesAgo: number) =>
    city.database.pool.query(
      `insert into engine.run (id, function_id, event_id, event, status, attempt, error, updated_at, ended_at)
       values ($1, 'city-judge-task', $1, '{"name":"task/delivered"}', $2, $3, '{"message":"no answer"}',
               city_now() - make_interval(mins => $4), case when $2 <> 'running' then city_now() end)`,
      [id, status, attempt, minutesAgo],
    );
  await run("gave-up", "failed", 3, 20);
  await run("tries-again", "running", 2, 0);
  await run("stands-still", "running", 0, 30);
  await run("just-began", "running", 0, 0);
  await run("went-well", "completed", 0, 30);
  await run("waits", "running", 0, 30);
  await city.database.pool.query(
    `insert into engine.step (run_id, id, name, op, state, wake_at)
     values ('waits', 's', 's', 'Sleep', 'waiting', city_now() + interval '1 hour')`,
  );
  const runs = await hall.operators.listStuckRuns.query();
  expect(Object.fromEntries(runs.map(({ id, state }) => [id, state]))).toEqual({
    "gave-up": "failed",
    "tries-again": "retrying",
    "stands-still": "stalled",
  });
  expect(runs[0]).toMatchObject({ work: "judge-task", error: "no answer" });
});

test("an operator sees, and /ready says, when the city does nothing by itself any more, whatever its clock says", async () => {
  const hall = await operator();
  let secondsUp = 5;
  const ctx: MoneyCity["ctx"] = (...who) => ({ ...city.ctx(...who), secondsUp: () => secondsUp });
  const readiness = makeReadiness({ ctx, parts: city.parts });
  const ready = async () => ((await (await readiness()).json()) as { status: string }).status;
  const beatAt = (sql: string) => city.database.pool.query(`update engine.heartbeat set at = ${sql}`);
  await city.advance(3_600_000);
  const { at, late } = await hall.operators.readHeartbeat.query();
  expect(late).toBe(false);
  const { rows } = await city.database.pool.query("select city_now() as time");
  expect(Math.abs(rows[0].time - Date.parse(at ?? ""))).toBeLessThan(120_000);

  await beatAt("now() - interval '10 minutes'");
  // Just started: what should beat has had no time yet.
  expect([await ready(), (await readHeartbeat(ctx())).late]).toEqual(["ready", false]);
  secondsUp = 6 * 60;
  expect([await ready(), (await readHeartbeat(ctx())).late]).toEqual(["degraded", true]);
  await beatAt("now()");
  expect([await ready(), (await readHeartbeat(ctx())).late]).toEqual(["ready", false]);
});

test("and when events cannot be handed over to whatever runs its functions", async () => {
  const hall = await operator();
  const readiness = makeReadiness(city);
  const ready = async () => ((await (await readiness()).json()) as { status: string }).status;
  const { pool } = city.database;
  // As the queue leaves an event that Inngest refuses: to be tried again, each time later.
  const { rows } = await pool.query(
    "select id from graphile_worker.add_job('event', '{}'::json, run_at := now() + interval '1 hour')",
  );
  const tried = (times: number) =>
    pool.query("update graphile_worker._private_jobs set attempts = $2 where id = $1", [rows[0].id, times]);
  await tried(1);
  expect([await ready(), (await hall.operators.readHeartbeat.query()).heldUp]).toEqual(["ready", 0]);
  await tried(4);
  expect([await ready(), (await hall.operators.readHeartbeat.query()).heldUp]).toEqual(["degraded", 1]);
  await pool.query("delete from graphile_worker._private_jobs where id = $1", [rows[0].id]);
});

test("an operator takes up work that gave up, once; what runs or ended well is left alone", async () => {
  const hall = await operator();
  await city.database.pool.query(
    `insert into engine.run (id, function_id, event_id, event, status, error, ended_at)
     values ('to-repeat', 'city-forget-inputs', 'to-repeat', '{"name":"inngest/scheduled.timer","data":{"cron":"17 3 * * *"}}', 'failed', '{"message":"down"}', city_now())`,
  );
  expect(await hall.operators.repeatRun.mutate({ id: "to-repeat" })).toEqual({ id: "to-repeat" });
  await city.idle();
  const { rows } = await city.database.pool.query("select status, error from engine.run where id = 'to-repeat'");
  expect(rows).toEqual([{ status: "completed", error: null }]);
  for (const id of ["to-repeat", "unknown"]) {
    await expect(hall.operators.repeatRun.mutate({ id })).rejects.toMatchObject({
      data: { city: { code: "CONFLICT" } },
    });
  }
});
