import { afterAll, beforeAll, expect, test } from "vitest";
import { checkLately } from "#server/ledger/check-lately.ts";
import { grantStarterCredits } from "#server/ledger/grant-starter-credits.ts";
import { type LedgerDatabase, openLedgerDatabase } from "./support/ledger-database.ts";

let database: LedgerDatabase;
beforeAll(async () => {
  database = await openLedgerDatabase();
});
afterAll(() => database?.drop());

/** What the check finds in this minute of the hour, by the clock of a time zone in which it is that minute now. */
function findingsAt(minute: number): Promise<string[]> {
  return database.prisma.$transaction(async (db) => {
    const [{ now }] = await db.$queryRaw<[{ now: number }]>`
      select extract(minute from now() at time zone 'utc')::int as now`;
    await db.$executeRawUnsafe(`set local time zone interval '${(minute - now + 60) % 60} minutes'`);
    const report = await checkLately({ db } as unknown as Parameters<typeof checkLately>[0]);
    return report.results.flatMap(({ examples }) => examples);
  });
}

/** A cent too much in an owner's pool, at the expense of the city's: all balances together are what they should be. */
const spoil = (owner: string) =>
  database.pool.query(
    `update ledger.account set balance = balance + case name when 'promo:00' then -1 else 1 end
     where name in ($1, 'promo:00')`,
    [`pool:${owner}`],
  );
const spoilt = (owner: string) => expect.stringMatching(`^pool:${owner} stands at 5001 `);

test("the check of each minute looks at all of a small ledger, later at whose money moved lately, at all each full hour", async () => {
  const ctx = { db: database.prisma };
  await grantStarterCredits(ctx, { ownerId: "idle", amount: 5_000 });
  // As if more transactions had come in between than the check goes back.
  await database.pool.query("select setval(pg_get_serial_sequence('ledger.transaction', 'id'), 10000)");
  await grantStarterCredits(ctx, { ownerId: "busy", amount: 5_000 });
  expect(await findingsAt(30)).toEqual([]);
  await spoil("idle");
  expect(await findingsAt(30)).toContainEqual(spoilt("idle"));
  // As if it were large; the planner's estimate is what is asked.
  await database.pool.query("update pg_class set reltuples = 1e9 where oid = 'ledger.posting'::regclass");
  expect(await findingsAt(30)).toEqual([]);
  expect(await findingsAt(0)).toContainEqual(spoilt("idle"));
  await spoil("busy");
  expect(await findingsAt(30)).toEqual([spoilt("busy")]);
});
