import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Embedded } from "#server/db/embedded.ts";
import { migrate } from "#server/db/migrate.ts";
import { startTemporary } from "#server/db/temporary.ts";
import { freshDatabase } from "#tests/support/fresh-database.ts";
import { quiet } from "#tests/support/quiet-log.ts";
import { migrationsFolder, query, writeMigrationFile } from "./support.ts";

const TABLE = `CREATE TABLE entry (id int PRIMARY KEY, amount int NOT NULL);
INSERT INTO entry VALUES (1, 100); -- a comment; with a semicolon`;

const FUNCTIONS = `CREATE FUNCTION add_entry(amount int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE next_id int;
BEGIN
  SELECT max(id) + 1 INTO next_id FROM entry;
  INSERT INTO entry VALUES (next_id, add_entry.amount);
  RETURN next_id;
END;
$$;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $fn$
BEGIN RAISE EXCEPTION 'entries are final; add another'; END; $fn$;
CREATE TRIGGER entry_final BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION refuse();`;

const BROKEN = `CREATE TABLE half_done (id int);
INSERT INTO entry VALUES (2, 200);
SELECT no_such_function();`;

const rowsOf = (url: string) =>
  query(
    url,
    `SELECT migration_name AS name, checksum, applied_steps_count AS steps, finished_at IS NOT NULL AS finished,
            rolled_back_at IS NOT NULL AS "rolledBack" FROM _prisma_migrations ORDER BY started_at, migration_name`,
  );

describe("migrations", { timeout: 30_000 }, () => {
  let server: Embedded;
  beforeAll(async () => {
    server = await startTemporary({ log: quiet });
  }, 60_000);
  afterAll(() => server.stop());

  it("apply whole, with semicolons inside function bodies, strings and comments", async () => {
    const { url } = await freshDatabase(server.url);
    const folder = await migrationsFolder({ "001_table": TABLE, "002_functions": FUNCTIONS });

    expect(await migrate(url, { log: quiet, folder })).toEqual({ applied: ["001_table", "002_functions"] });
    expect(await query(url, "SELECT add_entry(50) AS id")).toEqual([{ id: 2 }]);
    await expect(query(url, "DELETE FROM entry")).rejects.toThrow("entries are final; add another");
  });

  it("are recorded the way Prisma records them", async () => {
    const { url } = await freshDatabase(server.url);
    await migrate(url, { log: quiet, folder: await migrationsFolder({ "001_one": "CREATE TABLE one (id int);" }) });
    // The checksum is what sha256sum prints for that file.
    const checksum = "04a23a219a95ac16cc1a98a9a3789601d0a1ec6c704cf84c991592b0ba740e6b";
    expect(await rowsOf(url)).toEqual([{ name: "001_one", checksum, steps: 1, finished: true, rolledBack: false }]);
  });

  it("are not looked at twice: with nothing new it takes under 100 ms and writes nothing", async () => {
    const { url } = await freshDatabase(server.url);
    const folder = await migrationsFolder({ "001_table": TABLE, "002_functions": FUNCTIONS });
    await migrate(url, { log: quiet, folder });
    const before = await query(url, "SELECT * FROM _prisma_migrations");

    const times: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      const start = performance.now();
      expect(await migrate(url, { log: quiet, folder })).toEqual({ applied: [] });
      times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeLessThan(100);
    expect(await query(url, "SELECT * FROM _prisma_migrations")).toEqual(before);
  });

  it("that fail leave nothing behind, are named with PostgreSQL's words, and apply once mended", async () => {
    const { url } = await freshDatabase(server.url);
    const folder = await migrationsFolder({ "001_table": TABLE, "002_broken": BROKEN, "003_later": "SELECT 1;" });

    const failure = { code: "MIGRATION_FAILED", message: expect.stringMatching(/002_broken[\s\S]*no_such_function/) };
    await expect(migrate(url, { log: quiet, folder })).rejects.toMatchObject(failure);
    await expect(migrate(url, { log: quiet, folder })).rejects.not.toThrow(/\.rs:/);
    expect(await query(url, "SELECT to_regclass('half_done') AS half, count(*)::int AS entries FROM entry")).toEqual([
      { half: null, entries: 1 },
    ]);
    await expect(migrate(url, { log: quiet, folder })).rejects.toMatchObject(failure);

    await writeMigrationFile(folder, "002_broken", BROKEN.replace("no_such_function", "now"));
    expect(await migrate(url, { log: quiet, folder })).toEqual({ applied: ["002_broken", "003_later"] });
    const last = (await rowsOf(url)).filter(({ rolledBack }) => !rolledBack);
    expect(last.map(({ name, finished }) => [name, finished])).toEqual([
      ["001_table", true],
      ["002_broken", true],
      ["003_later", true],
    ]);
  });

  it("that were edited after they were applied are refused by name, and nothing else is applied", async () => {
    const { url } = await freshDatabase(server.url);
    const folder = await migrationsFolder({ "001_table": TABLE });
    await migrate(url, { log: quiet, folder });
    await writeMigrationFile(folder, "001_table", `${TABLE}\nALTER TABLE entry ADD note text;`);
    await writeMigrationFile(folder, "002_new", "CREATE TABLE new_one (id int);");

    await expect(migrate(url, { log: quiet, folder })).rejects.toMatchObject({
      code: "MIGRATION_EDITED",
      message: expect.stringContaining("001_table"),
    });
    expect(await query(url, "SELECT to_regclass('new_one') AS found")).toEqual([{ found: null }]);
  });

  it("count as unchanged when git has changed their line ends", async () => {
    const { url } = await freshDatabase(server.url);
    const folder = await migrationsFolder({ "001_table": TABLE });
    await migrate(url, { log: quiet, folder });
    await writeMigrationFile(folder, "001_table", TABLE.replaceAll("\n", "\r\n"));
    expect(await migrate(url, { log: quiet, folder })).toEqual({ applied: [] });
  });

  it("run once when several starts come at the same moment", async () => {
    const { url } = await freshDatabase(server.url);
    const folder = await migrationsFolder({ "001_table": TABLE, "002_functions": FUNCTIONS });
    const runs = await Promise.all([1, 2, 3].map(() => migrate(url, { log: quiet, folder })));
    expect(runs.flatMap(({ applied }) => applied).sort()).toEqual(["001_table", "002_functions"]);
  });

  it("interrupted by kill -9 are neither half applied nor in the way of the next start", async () => {
    const { url } = await freshDatabase(server.url);
    const slow = "CREATE TABLE half_done (id int); SELECT pg_sleep(600);";
    const folder = await migrationsFolder({ "001_table": TABLE, "002_slow": slow });
    const script = `const { migrate } = await import("#server/db/migrate.ts");
      await migrate(${JSON.stringify(url)}, { log: console, folder: ${JSON.stringify(folder)} });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
    const sleeping = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    await vi.waitFor(async () => expect(await query(url, sleeping)).toHaveLength(1), { timeout: 20_000, interval: 50 });
    child.kill("SIGKILL");
    await once(child, "exit");
    // PostgreSQL notices a lost client when it next writes to it; the sleep would first have to end.
    await query(url, `SELECT pg_terminate_backend(pid) FROM (${sleeping}) AS sleeper`);

    await rm(join(folder, "002_slow"), { recursive: true });
    await writeMigrationFile(folder, "002_slow", slow.replace("600", "0"));
    await vi.waitFor(async () => expect(await query(url, sleeping)).toHaveLength(0));
    expect(await migrate(url, { log: quiet, folder })).toEqual({ applied: ["002_slow"] });
  });
});
