// A process that owns an embedded database, for the tests that kill it. Says what it does on stdout, one line each.
import { startEmbedded } from "#server/db/embedded.ts";
import { quiet } from "#tests/support/quiet-log.ts";
import { query } from "./support.ts";

const database = await startEmbedded({ dataDir: process.argv[2] ?? "", log: quiet });
// One transaction under a lock: two of these processes may share the database, and IF NOT EXISTS alone can collide.
await query(
  database.url,
  "SELECT pg_advisory_xact_lock(1); CREATE TABLE IF NOT EXISTS kept (word text); INSERT INTO kept VALUES ('before')",
);
process.on("SIGINT", async () => {
  await query(database.url, "INSERT INTO kept VALUES ('while stopping')");
  await database.stop();
  console.log("stopped");
});
console.log(JSON.stringify({ url: database.url, port: database.port }));
