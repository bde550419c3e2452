import { expect, inject, test } from "vitest";
import { openDatabase } from "#server/db/client.ts";
import { beOnlyServer } from "#server/db/only-server.ts";
import { freshDatabase } from "#tests/support/fresh-database.ts";
import { quiet } from "#tests/support/quiet-log.ts";
import { until } from "#tests/support/until.ts";

const holders = `select pid from pg_locks where locktype = 'advisory' and granted
  and database = (select oid from pg_database where datname = current_database())`;

test("of two servers on a database one is refused, begins the moment the other is gone, and stays the only one", async () => {
  const { url, template } = inject("postgres");
  const database = await freshDatabase(url, template);
  const { pool, close } = openDatabase(database.url, quiet);
  const pid = async () => (await pool.query<{ pid: number }>(holders)).rows[0]?.pid;
  try {
    const first = await beOnlyServer(database.url, quiet, 50);
    await expect(beOnlyServer(database.url, quiet, 50)).rejects.toThrow("Another server works on this database");
    const next = beOnlyServer(database.url, quiet, 20_000);
    // PostgreSQL sees the same of a process that dies: its connection is closed.
    await first.close();
    const second = await next;

    const before = await pid();
    await pool.query("select pg_terminate_backend($1)", [before]);
    await until("the lock is held again", async () => ![before, undefined].includes(await pid()));
    await expect(beOnlyServer(database.url, quiet, 50)).rejects.toThrow("Another server works on this database");
    await second.close();
    expect(await pid()).toBeUndefined();
  } finally {
    await close();
    await database.drop();
  }
});
