import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import type { Log } from "#server/kernel/log.ts";
import { OWNER_LOCK } from "./advisory-locks.ts";
import { runnableBinaries } from "./embedded/binaries.ts";
import { openCluster, SUPERUSER } from "./embedded/cluster.ts";
import { clusterPlace } from "./embedded/place.ts";
import { freePort, launch, runningPostmaster, shutDown, untilReady } from "./embedded/postmaster.ts";
import { unprivilegedUser } from "./embedded/user.ts";
import { DatabaseSetupError } from "./setup-error.ts";

export type Embedded = {
  /** Connection string of the database `city`, password included. It stays the same until `stop`. */
  url: string;
  port: number;
  /** The folder that holds the cluster; not `dataDir` where PostgreSQL's user could not reach that. */
  place: string;
  /** True when another process of ours ran this database at the start; `stop` leaves it running while that is so. */
  attached: boolean;
  /** Fast shutdown; resolves when PostgreSQL has ended. */
  stop(): Promise<void>;
};

type Options = {
  dataDir: string;
  log: Pick<Log, "debug" | "info" | "warn" | "error">;
  /** Wanted port; another free one is taken when it is not free. Default: any. */
  port?: number;
  /** False for a database that is thrown away: faster, and lost with the machine. Default: true. */
  durable?: boolean;
};

const DATABASE = "city";
const ATTEMPTS = 50;
const RETRY_MS = 100;

/**
 * Starts PostgreSQL on `dataDir`, or takes over the one a killed process left running there. Loopback TCP only, with
 * a random password kept in the cluster. A PostgreSQL that dies, or ends with the process that ran it, is started again
 * on the same port; whoever does that runs it from then on.
 * @throws DatabaseSetupError saying what to do.
 */
export async function startEmbedded({ dataDir, log, port, durable = true }: Options): Promise<Embedded> {
  const user = await unprivilegedUser();
  const binaries = await runnableBinaries(user);
  const place = await clusterPlace(dataDir, user, log);
  const cluster = await openCluster({ place, binaries, user, durable });
  let stopping = false;
  let recovery: Promise<void> | undefined;

  const bringUp = async (wanted: number | undefined): Promise<Guard & { port: number }> => {
    let failure = "";
    let preferred = wanted;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (attempt > 0) await wait(RETRY_MS);
      const running = (await runningPostmaster(cluster)) && (await untilReady(cluster));
      const started = running
        ? { postmaster: running }
        : await launch(cluster, binaries.postgres, { port: await freePort(preferred), durable });
      if (started.postmaster) {
        const guard = await openGuard(started.postmaster.port, cluster.password).catch((error: Error) => error);
        if (!(guard instanceof Error)) return { ...guard, port: started.postmaster.port };
        failure = guard.message;
      } else {
        failure = started.failure ?? "";
        if (/address already in use/i.test(failure)) preferred = undefined;
        // Backends of a killed PostgreSQL need a moment to end; a rival start owns the lock file for now.
        else if (!/shared memory block|lock file/i.test(failure)) break;
      }
    }
    throw new DatabaseSetupError("DATABASE_START_FAILED", `PostgreSQL does not start on ${cluster.folder}: ${failure}`);
  };

  const watch = (client: pg.Client, current: number) => {
    client.once("end", () => {
      if (stopping) return;
      log.warn({ port: current }, "connection to the embedded PostgreSQL lost; bringing it back");
      recovery = bringUp(current).then(
        (again) => {
          guard = again;
          watch(again.client, again.port);
          if (again.port !== current)
            log.error({ port: again.port }, "PostgreSQL came back on another port; restart needed");
        },
        (error: unknown) => log.error({ err: error }, "the embedded PostgreSQL does not come back"),
      );
    });
  };

  let guard = await bringUp(port);
  const { port: current, owner } = guard;
  watch(guard.client, current);
  log.debug({ port: current, place, created: cluster.created, attached: !owner }, "embedded PostgreSQL is up");
  return {
    url: connectionString(current, cluster.password, DATABASE),
    port: current,
    place,
    attached: !owner,
    async stop() {
      stopping = true;
      await recovery;
      await guard.client.end().catch(() => undefined);
      if (guard.owner) await shutDown(cluster);
    },
  };
}

type Guard = { client: pg.Client; owner: boolean };

/**
 * One connection kept for life. Its advisory lock says which process runs the database (PostgreSQL frees the lock
 * when that process dies, however it dies), and its end is how we notice that PostgreSQL has gone.
 */
async function openGuard(port: number, password: string): Promise<Guard> {
  const client = new pg.Client({ connectionString: connectionString(port, password, "postgres") });
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query(
    `SELECT pg_try_advisory_lock($1::bigint) AS owner, EXISTS (SELECT FROM pg_database WHERE datname = $2) AS exists`,
    [OWNER_LOCK, DATABASE],
  );
  // A rival start may create it between the two statements; then it is there, which is all we want.
  if (!rows[0].exists) await client.query(`CREATE DATABASE ${DATABASE}`).catch(ignoreDuplicate);
  return { client, owner: rows[0].owner };
}

function ignoreDuplicate(error: { code?: string }): void {
  if (error.code !== "42P04" && error.code !== "23505") throw error;
}

function connectionString(port: number, password: string, database: string): string {
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
}
