import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { Prisma } from "#prisma";
import { inTransaction } from "#server/context.ts";
import { isTransaction, openDatabase } from "#server/db/client.ts";
import { runStatement } from "#server/db/statement.ts";
import { driverOf, transact } from "#server/db/transaction.ts";
import { reachPayments } from "#server/payments/reach-payments.ts";
import { toCityError } from "#server/trpc/errors.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { freePort } from "#tests/support/free-port.ts";
import { quiet } from "#tests/support/quiet-log.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city.stop());

/** A lock that nothing but this file takes. */
const HELD = 77;
const owners = (name: string) => Prisma.sql`select count(*)::int as owners from owner where name = ${name}`;
const rename = (id: string, name: string) =>
  Prisma.sql`update owner set name = ${name} where id = ${id} returning name`;

it("a use case called inside a transaction joins it: the same client, and one rollback for both", async () => {
  const owner = await city.owner("Before");
  const undone = inTransaction(city.ctx(), async (outer) => {
    await inTransaction(outer, async (inner) => {
      expect(inner.db).toBe(outer.db);
      await inner.db.owner.update({ where: { id: owner.id }, data: { name: "Within" } });
    });
    throw new Error("undone");
  });
  await expect(undone).rejects.toThrow("undone");
  const { name } = await city.database.prisma.owner.findUniqueOrThrow({ where: { id: owner.id } });
  expect(name).toBe("Before");
});

it("a hot statement sees what its own transaction has written, and nothing of another that is open", async () => {
  const owner = await city.owner("Unseen");
  await inTransaction(city.ctx(), async (tx) => {
    await tx.db.owner.update({ where: { id: owner.id }, data: { name: "Seen within" } });
    expect(await runStatement(tx, owners("Seen within"))).toEqual([{ owners: 1 }]);
    expect(await runStatement(city.ctx(), owners("Seen within"))).toEqual([{ owners: 0 }]);
  });
});

it("a hot statement runs on its transaction's connection and ends with it, beside what Prisma does there", async () => {
  const owner = await city.owner("Kept");
  const undone = inTransaction(city.ctx(), async (tx) => {
    const [hot] = await runStatement<[{ pid: number }]>(tx, Prisma.sql`select pg_backend_pid() as pid`);
    const [prisma] = await tx.db.$queryRaw<[{ pid: number }]>`select pg_backend_pid() as pid`;
    expect(hot).toEqual(prisma);
    expect(driverOf(tx.db)).not.toBeNull();
    expect(await runStatement(tx, rename(owner.id, "Undone"))).toEqual([{ name: "Undone" }]);
    throw new Error("undone");
  });
  await expect(undone).rejects.toThrow("undone");
  expect(await city.database.prisma.owner.findUnique({ where: { id: owner.id } })).toMatchObject({ name: "Kept" });
});

it("a transaction that took too long takes no further statement, not even while it is being rolled back", async () => {
  const owner = await city.owner("On time");
  const { prisma, pool } = city.database;
  const late: Promise<unknown>[] = [];
  const holder = await pool.connect();
  onTestFinished(() => holder.release(true));
  await holder.query("select pg_advisory_lock($1)", [HELD]);
  const work = transact(
    prisma,
    async (db) => {
      const slow = runStatement({ db }, Prisma.sql`select pg_advisory_xact_lock_shared(${HELD})::text`);
      await vi.waitFor(() => expect(driverOf(db)).toBeNull(), { interval: 1 });
      late.push(runStatement({ db }, rename(owner.id, "Too late")));
      await holder.query("select pg_advisory_unlock($1)", [HELD]);
      await slow;
      late.push(runStatement({ db }, rename(owner.id, "Far too late")));
      await Promise.allSettled(late);
    },
    { timeout: 50, maxWait: 5_000 },
  );
  expect(toCityError(await work.catch((error: unknown) => error))).toMatchObject({ code: "UNAVAILABLE" });
  for (const result of await Promise.allSettled(late)) {
    expect(result).toMatchObject({ status: "rejected", reason: { code: "P2028" } });
  }
  expect(await prisma.owner.findUnique({ where: { id: owner.id } })).toMatchObject({ name: "On time" });
});

it("a hot statement answers the same values as Prisma, within a transaction and by itself", async () => {
  const statement = Prisma.sql`
    select 9007199254740993::bigint as big, 2 as whole, 0.5::float8 as half, true as yes, 'a"b' as text, null as nothing,
           timestamptz '2026-03-29 01:30:00.123+02' as moment, '{"a":[1,null]}'::json as json, '{"b":2}'::jsonb as jsonb,
           array['x','y'] as texts, ${3}::bigint as given, ${["p", "q,"]}::text[] as list, ${null}::int as none,
           ${new Date("2026-10-25T00:30:00.007Z")}::timestamptz as then`;
  const asPrisma = await city.database.prisma.$queryRaw(statement);
  expect(await runStatement(city.ctx(), statement)).toEqual(asPrisma);
  await inTransaction(city.ctx(), async (tx) => expect(await runStatement(tx, statement)).toEqual(asPrisma));
});

it("a moment is the same for Prisma and for a hot statement, whatever time zone the server is in", async () => {
  const url = `${city.config.databaseUrl}?options=${encodeURIComponent("-c TimeZone=America/New_York")}`;
  const database = openDatabase(url, quiet);
  const { id } = await city.owner();
  const moment = new Date("2026-07-01T12:00:00.123Z");
  await database.prisma.owner.update({ where: { id }, data: { emailVerifiedAt: moment } });
  const statement = Prisma.sql`select email_verified_at as at from owner where id = ${id}`;
  expect(await runStatement({ db: database.prisma }, statement)).toEqual([{ at: moment }]);
  expect(await runStatement(city.ctx(), statement)).toEqual([{ at: moment }]);
  await database.close();
});

it("who finds no free connection is told that the city is busy, and does not wait for good", async () => {
  const database = openDatabase(city.config.databaseUrl ?? "", quiet, { waitMs: 1_000 });
  const taken = await Promise.all(Array.from({ length: 10 }, () => database.pool.connect()));
  const ctx = { ...city.ctx(), db: database.prisma, pool: database.pool };
  const asked = [
    runStatement(ctx, owners("Anyone")),
    database.prisma.owner.count(),
    database.prisma.$queryRaw`select 1`,
    inTransaction(ctx, async (tx) => tx.db.owner.count()),
  ];
  for (const result of await Promise.allSettled(asked)) {
    if (result.status === "fulfilled") throw new Error("It found a connection.");
    expect(toCityError(result.reason)).toMatchObject({ code: "UNAVAILABLE", retryAfter: expect.any(Number) });
  }
  for (const connection of taken) connection.release();
  await database.close();
});

it("who finds no database, as while it restarts, is told to ask again, whichever way the question goes", async () => {
  const database = openDatabase(`postgres://city@127.0.0.1:${await freePort()}/city`, quiet);
  const ctx = { ...city.ctx(), db: database.prisma, pool: database.pool };
  const asked = [
    runStatement(ctx, owners("Anyone")),
    database.prisma.owner.count(),
    database.prisma.$queryRaw`select 1`,
    database.prisma.$executeRaw`select 1`,
    inTransaction(ctx, async (tx) => tx.db.owner.count()),
  ];
  for (const result of await Promise.allSettled(asked)) {
    if (result.status === "fulfilled") throw new Error("There was a database.");
    expect(toCityError(result.reason)).toMatchObject({ code: "UNAVAILABLE" });
  }
  await database.close();
});

it("nothing reaches the card company from inside a transaction", async () => {
  expect(isTransaction(city.ctx().db)).toBe(false);
  expect(reachPayments(city.ctx())).toBe(city.ctx().ports.payments);
  await inTransaction(city.ctx(), async (tx) => {
    expect(isTransaction(tx.db)).toBe(true);
    expect(() => reachPayments(tx)).toThrow("inside a transaction");
  });
});
