import type { TestProject } from "vitest/node";
import { migrate } from "#server/db/migrate.ts";
import { startTemporary } from "#server/db/temporary.ts";
import { quiet } from "./quiet-log.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A PostgreSQL for this run. `template` is a migrated database that test cities are copied from. */
    postgres: { url: string; template: string };
  }
}

/** One PostgreSQL for the whole run; each test city gets a database of its own, copied from the migrated one. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTemporary({ log: quiet });
  await migrate(postgres.url, { log: quiet });
  project.provide("postgres", { url: postgres.url, template: new URL(postgres.url).pathname.slice(1) });
  return () => postgres.stop();
}
