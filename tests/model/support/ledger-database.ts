import { inject } from "vitest";
import { type Database, openDatabase } from "#server/db/client.ts";
import { freshDatabase } from "#tests/support/fresh-database.ts";
import { quiet } from "#tests/support/quiet-log.ts";

export type LedgerDatabase = Database & { drop(): Promise<void> };

/** A database of the test's own with the city's migrations, and nothing running on it. */
export async function openLedgerDatabase(): Promise<LedgerDatabase> {
  const { url, template } = inject("postgres");
  const own = await freshDatabase(url, template);
  const database = openDatabase(own.url, quiet);
  return {
    ...database,
    async drop() {
      await database.close();
      await own.drop();
    },
  };
}
