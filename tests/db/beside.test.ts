import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { freshDatabase } from "#tests/support/fresh-database.ts";
import { NO_REAL_PARTS } from "#tests/support/no-real-parts.ts";
import { query, testFolder } from "./support.ts";

type Said = { code: unknown; stdout: string; stderr: string };

async function run(script: string, args: string[], databaseUrl: string): Promise<Said> {
  const dataDir = join(await testFolder(), "data");
  await mkdir(dataDir);
  const env = { ...process.env, ...NO_REAL_PARTS, DATABASE_URL: databaseUrl, CITY_DATA_DIR: dataDir };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

async function database(template?: string): Promise<string> {
  const fresh = await freshDatabase(inject("postgres").url, template);
  onTestFinished(fresh.drop);
  return fresh.url;
}

const check = (url: string) => run("server/ledger/check.ts", [], url);
const grant = (url: string) => run("server/operators/grant.ts", ["someone@example.com"], url);

test.each([
  ["ledger:check", check],
  ["operator:grant", grant],
])(
  "%s migrates no database of a server's: it says what to do, and leaves the database as it is",
  async (_, command) => {
    const empty = await database();
    const { code, stderr } = await command(empty);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^The database lacks \d+ of this version's migrations, .*start the city in this version first\.\n$/,
    );
    expect(await query(empty, "select to_regclass('_prisma_migrations') as kept")).toEqual([{ kept: null }]);
  },
  30_000,
);

test("a database that has every migration is checked", async () => {
  const { code, stdout } = await check(await database(inject("postgres").template));
  expect(stdout).toContain("The ledger is empty: nothing was ever posted to it.");
  expect(code).toBe(0);
}, 30_000);

test("the data folder's own database, which nobody else migrates, is made when it is checked", async () => {
  const { code, stdout } = await check("");
  expect(stdout).toContain("The ledger is empty: nothing was ever posted to it.");
  expect(code).toBe(0);
}, 60_000);

test("nobody becomes an operator by a command of the other mode", async () => {
  const production = await database(inject("postgres").template);
  await query(production, "update city_clock set production_mode = true");
  const { code, stderr } = await grant(production);
  expect(code).toBe(1);
  expect(stderr).toContain("DATABASE_URL: this is a production database");
}, 30_000);
