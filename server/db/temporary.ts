import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "#server/kernel/log.ts";
import { type Embedded, startEmbedded } from "./embedded.ts";

/** A PostgreSQL of its own in a temporary folder. `stop` also removes the folder. */
export async function startTemporary({
  log,
}: {
  log: Pick<Log, "debug" | "info" | "warn" | "error">;
}): Promise<Embedded> {
  const dataDir = await mkdtemp(join(tmpdir(), "ai-city-db-"));
  const database = await startEmbedded({ dataDir, log, durable: false });
  return {
    ...database,
    async stop() {
      await database.stop();
      for (const folder of new Set([dataDir, database.place])) await rm(folder, { recursive: true, force: true });
    },
  };
}
