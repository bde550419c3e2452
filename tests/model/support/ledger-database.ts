import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { type Database, openDatabase } from "#server/db/client.ts";
import { quiet } from "#tests/support/quiet-log.ts";

export type LedgerDatabase = Database & { drop(): Promise<void> };

/** A database of the test's own with the city's migrations, and nothing running on it. */
export async function openLedgerDatabase(): Promise<LedgerDatabase> {
  const { url, template } = inject("postgres");
  const name = `ledger_${randomBytes(8).toString("hex")}`;
  await administer(url, `create database ${name} template ${template}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const database = openDatabase(own.href, quiet);
  return {
    ...database,
    async drop() {
      await database.close();
      await administer(url, `drop database if exists ${name} with (force)`);
    },
  };
}

async function administer(url: string, sql: string): Promise<void> {
  const maintenance = new URL(url);
  maintenance.pathname = "/postgres";
  const client = new pg.Client({ connectionString: maintenance.href });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
