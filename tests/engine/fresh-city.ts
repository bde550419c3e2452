import { runMigrations } from "graphile-worker";
import type { Pool } from "pg";
import { inject, onTestFinished } from "vitest";
import { freshDatabase } from "#tests/support/fresh-database.ts";
import { makeCity } from "./support.ts";

/**
 * A database of the test's own with the city's migrations, and a way to run functions on it. Its engines are stopped
 * and the database is gone when the test ends. Not in support.ts: crash-worker.ts runs that without Vitest.
 */
export async function freshCity({ onPool }: { onPool?: (pool: Pool) => void } = {}) {
  const { url, template } = inject("postgres");
  const database = await freshDatabase(url, template);
  const city = makeCity(database.url);
  // Before there is a connection in it.
  onPool?.(city.pool);
  onTestFinished(async () => {
    await city.stop();
    await database.drop();
  });
  // The first engine to start makes the queue's tables; some tests use them without one.
  await runMigrations({ pgPool: city.pool });
  return city;
}
