import { afterAll, beforeAll, expect, it } from "vitest";
import { inTransaction } from "#server/context.ts";
import { isTransaction, openDatabase } from "#server/db/client.ts";
import { runStatement } from "#server/db/statement.ts";
import { reachPayments } from "#server/payments/reach-payments.ts";
import { toCityError } from "#server/trpc/errors.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { quiet } from "#tests/support/quiet-log.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city.stop());

const OWNERS = { name: "test-owners", text: "select count(*)::int as owners from owner where name = $1" };

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
    expect(await runStatement(tx, OWNERS, ["Seen within"])).toEqual([{ owners: 1 }]);
    expect(await runStatement(city.ctx(), OWNERS, ["Seen within"])).toEqual([{ owners: 0 }]);
  });
});

it("who finds no free connection is told that the city is busy, and does not wait for good", async () => {
  const database = openDatabase(city.config.databaseUrl ?? "", quiet, { waitMs: 1_000 });
  const taken = await Promise.all(Array.from({ length: 10 }, () => database.pool.connect()));
  const ctx = { ...city.ctx(), db: database.prisma, pool: database.pool };
  const asked = [
    runStatement(ctx, OWNERS, ["Anyone"]),
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

it("nothing reaches the card company from inside a transaction", async () => {
  expect(isTransaction(city.ctx().db)).toBe(false);
  expect(reachPayments(city.ctx())).toBe(city.ctx().ports.payments);
  await inTransaction(city.ctx(), async (tx) => {
    expect(isTransaction(tx.db)).toBe(true);
    expect(() => reachPayments(tx)).toThrow("inside a transaction");
  });
});
