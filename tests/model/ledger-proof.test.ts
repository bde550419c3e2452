import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { grantStarterCredits } from "#server/ledger/grant-starter-credits.ts";
import { listSeals } from "#server/ledger/list-seals.ts";
import { sealLedger } from "#server/ledger/seal-ledger.ts";
import { type TaskReceipt, verifyReceipt } from "#server/ledger/task-receipt.ts";
import { verifyChain } from "#server/ledger/verify-chain.ts";
import { getReceipt } from "#server/payments/get-receipt.ts";
import { openLedgerDatabase } from "./support/ledger-database.ts";
import { ownerActor } from "./support/moments.ts";
import { chargedTask, type MoneyCity, startMoneyCity, submit } from "./support/money-city.ts";
import { makeScene } from "./support/scene.ts";
import { sealAll } from "./support/seal-all.ts";

let city: MoneyCity;
beforeAll(async () => {
  city = await startMoneyCity();
});
afterAll(() => city?.stop());
afterEach(async () => {
  expect(await city.violations()).toEqual([]);
});

test("a task's receipt is proven by the published chain, and a changed figure is not", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  await sealAll(city.ctx());
  const receipt = await getReceipt(city.ctx(ownerActor(buyer.id)) as Parameters<typeof getReceipt>[0], { id: taskId });
  const seals = await listSeals(city.ctx(), { limit: 10_000 });
  const published = new Map(seals.map(({ no, hash }) => [no, hash]));
  expect(receipt.lines.map(({ reference }) => reference)).toEqual([`task:${taskId}:hold`, `task:${taskId}:charge`]);
  expect(verifyReceipt(receipt, published)).toBe(true);
  const [first] = receipt.lines;
  const forged = { ...receipt, lines: [{ ...first, text: first?.text.replace("1500", "1400") ?? "" }] };
  expect(verifyReceipt(forged as typeof receipt, published)).toBe(false);
});

test("a seller's receipt proves its own money, and tells neither the budget nor whose credits paid", async () => {
  const { buyer, seller } = await makeScene(city);
  const offered = await submit(city, buyer, seller, 1_500);
  const receiptOf = async (id: string) => {
    const { body } = await city.call("GET", `/tasks/${id}/receipt`, { key: seller.agent.key });
    return body.data as TaskReceipt;
  };
  expect(await receiptOf(offered)).toEqual({ taskId: offered, lines: [] });
  await buyer.client.tasks.cancel(offered);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  await city.advance(15 * 60_000);
  await sealAll(city.ctx());
  const receipt = await receiptOf(taskId);
  expect(receipt.lines.map(({ reference }) => reference)).toEqual([`task:${taskId}:escrow_release`]);
  expect(JSON.stringify(receipt)).not.toContain(buyer.id);
  const seals = await listSeals(city.ctx(), { limit: 10_000 });
  expect(verifyReceipt(receipt, new Map(seals.map(({ no, hash }) => [no, hash])))).toBe(true);
});

test("anyone can check a saved receipt by a command, against the city or a copy of its seals, and a forged one fails", async () => {
  const { buyer, seller } = await makeScene(city);
  const taskId = await chargedTask(city, buyer, seller, 1_500);
  await sealAll(city.ctx());
  const folder = mkdtempSync(join(tmpdir(), "receipt-"));
  const save = (name: string, answer: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(answer));
    return join(folder, name);
  };
  const check = async (...args: string[]) => {
    const run = spawn(process.execPath, ["server/ledger/check-receipt.ts", ...args]);
    const over = once(run, "close");
    const output = await Promise.all([run.stdout, run.stderr].map((stream) => stream.toArray()));
    await over;
    return { code: run.exitCode, said: Buffer.concat(output.flat()).toString() };
  };
  const { body } = await city.call("GET", `/tasks/${taskId}/receipt`, { token: buyer.token });
  const receipt = save("receipt.json", body);
  const seals = save("seals.json", (await city.call("GET", "/vault/seals?limit=100")).body);
  for (const source of [`--city=${city.url}`, `--seals=${seals}`]) {
    const { code, said } = await check(receipt, source);
    expect([code, said]).toEqual([0, expect.stringContaining("Every line is sealed")]);
    expect(said).toContain(`task:${taskId}:charge`);
  }
  const forged = save("forged.json", JSON.parse(JSON.stringify(body).replaceAll("1500", "1400")));
  expect(await check(forged, `--city=${city.url}`)).toEqual({
    code: 1,
    said: expect.stringContaining("NOT what the ledger"),
  });
  expect((await check(receipt)).code).toBe(2);
  rmSync(folder, { recursive: true });
});

test("an operator sees what the night's checks of cash and chain found, and when, a bad result too", async () => {
  const operator = await city.owner("Operator");
  await city.database.prisma.owner.update({ where: { id: operator.id }, data: { role: "operator" } });
  const nightly = async () => {
    const { body } = await city.call("GET", "/operator/ledger", { token: operator.token });
    return (body.data as { nightly: { what: string; ok: boolean; checkedAt: string; problems: string[] }[] }).nightly;
  };
  expect(await nightly()).toEqual([]);
  await makeScene(city);
  // The next night has both hours in it.
  await city.advance(24 * 60 * 60_000);
  const first = await nightly();
  expect(first.map(({ what, ok, problems }) => [what, ok, problems])).toEqual([
    ["cash", true, []],
    ["chain", true, []],
  ]);
  // Money that the card company knows nothing of.
  const cash = "where id = (select min(id) from ledger.account where kind = 'cash')";
  await city.database.pool.query(`update ledger.account set balance = balance - 100 ${cash}`);
  await city.advance(24 * 60 * 60_000);
  const second = await nightly();
  expect(second.map(({ what, ok }) => [what, ok])).toEqual([
    ["cash", false],
    ["chain", true],
  ]);
  expect(second[0]?.problems[0]).toContain("100 cents");
  expect(Date.parse(second[0]?.checkedAt ?? "")).toBeGreaterThan(Date.parse(first[0]?.checkedAt ?? ""));
  await city.database.pool.query(`update ledger.account set balance = balance + 100 ${cash}`);
});

test("a changed, a removed and an added row are each found by the hash chain", async () => {
  await sealAll(city.ctx());
  expect((await verifyChain(city.ctx())).problems).toEqual([]);
  const tamper = async (sql: string) => {
    const client = await city.database.pool.connect();
    try {
      // Someone with every right on the server: the triggers are off for this session.
      await client.query("begin; set local session_replication_role = replica");
      await client.query(sql);
      const rows = await client.query("select count(*) from ledger.transaction");
      expect(rows.rowCount).toBe(1);
      await client.query("commit");
    } finally {
      client.release();
    }
  };
  const kept = await city.database.pool.query("select amount from ledger.posting where transaction_id = 1 and leg = 1");
  await tamper("update ledger.posting set amount = amount + 1 where transaction_id = 1 and leg = 1");
  expect((await verifyChain(city.ctx())).ok).toBe(false);
  await tamper(`update ledger.posting set amount = ${kept.rows[0].amount} where transaction_id = 1 and leg = 1`);
  expect((await verifyChain(city.ctx())).ok).toBe(true);
  await tamper(
    "create table kept as select * from ledger.transaction where id = 1; delete from ledger.transaction where id = 1",
  );
  expect((await verifyChain(city.ctx())).ok).toBe(false);
  await tamper("insert into ledger.transaction overriding system value select * from kept; drop table kept");
  expect((await verifyChain(city.ctx())).ok).toBe(true);
});

test("a database restored from a logical dump does not seal into old seals, and says what happened", async () => {
  const database = await openLedgerDatabase();
  const ctx = { ...city.ctx(), db: database.prisma };
  const grant = (ownerId: string) => grantStarterCredits(ctx, { ownerId, amount: 500 });
  try {
    await grant("before");
    await sealAll(ctx);
    // As a dump brings it: rows from a database that had come further than this one will for a long time.
    await database.pool.query(`begin; set local session_replication_role = replica;
      update ledger.transaction set xid = xid + 1000000000; update ledger.seal set to_xid = to_xid + 1000000000; commit`);
    await grant("after");
    await expect(sealLedger(ctx)).rejects.toThrow("restored from a logical dump");
    const { ok, problems } = await verifyChain(ctx);
    expect([ok, problems[0]]).toEqual([false, expect.stringContaining("pg_basebackup")]);
  } finally {
    await database.drop();
  }
});

test("history cannot be changed by the application", async () => {
  for (const sql of [
    "update ledger.posting set amount = 1",
    "delete from ledger.transaction",
    "truncate ledger.posting",
    "delete from ledger.seal",
    "update ledger.account set name = 'x'",
  ]) {
    await expect(city.database.pool.query(sql), sql).rejects.toMatchObject({ code: "LG405" });
  }
});
