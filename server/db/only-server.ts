import pg from "pg";
import type { Log } from "#server/kernel/log.ts";
import { StartProblem } from "#server/kernel/start-problem.ts";
import { ONLY_SERVER_LOCK } from "./advisory-locks.ts";
import { type KeptConnection, keepConnection } from "./kept-connection.ts";

/** How long a start waits for the server before it, which may still be stopping, in milliseconds. */
const SUCCESSION_MS = 5_000;

/** PostgreSQL's code for a lock that was waited for in vain. */
const LOCK_NOT_AVAILABLE = "55P03";

/**
 * Makes this process the only server of its database, by an advisory lock on a connection of its own: PostgreSQL drops it
 * the moment the process is gone, however it went. A machine that vanished without a word is noticed in half a minute.
 * @throws StartProblem when another server is at work there and does not stop
 */
export async function beOnlyServer(url: string, log: Log, waitMs = SUCCESSION_MS): Promise<KeptConnection> {
  return keepConnection({
    config: { connectionString: url, application_name: "ai-city only server" },
    log,
    purpose: "that makes this the only server",
    async prepare(client) {
      await client.query(`set lock_timeout = ${waitMs}`);
      await client.query("select pg_advisory_lock($1)", [ONLY_SERVER_LOCK]);
    },
  }).catch((error: unknown) => {
    throw error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE ? new StartProblem(REFUSAL) : error;
  });
}

const REFUSAL =
  "Another server works on this database, and sandboxes live with the server that made them. Stop it, or choose another DATABASE_URL or CITY_DATA_DIR; several servers on one database need E2B_API_KEY.";
