import { spawn } from "node:child_process";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DatabaseSetupError } from "../setup-error.ts";
import { type Cluster, isAlive } from "./cluster.ts";

export type Postmaster = { pid: number; port: number; ready: boolean };

const POLL_MS = 10;
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;
const LOG_LIMIT_BYTES = 10_000_000;

/** For one busy application on two cores: no JIT or parallel plans, writes go to disk before a commit is answered. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "256MB",
  max_wal_size: "1GB",
  checkpoint_timeout: "15min",
  random_page_cost: "1.1",
  jit: "off",
  max_parallel_workers_per_gather: "0",
  io_method: "sync",
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_messages: "warning",
};

/** For databases that are thrown away: nothing waits for the disk. */
const THROWAWAY = { shared_buffers: "64MB", fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/**
 * The PostgreSQL that runs on this cluster, from its postmaster.pid (lines: pid, data folder, start, port, …, status).
 * A file left by a dead process is PostgreSQL's to replace, which checks first that no backend still holds the data.
 * Only one whose pid now belongs to something else is removed here: PostgreSQL would take that for itself.
 */
export async function runningPostmaster(cluster: Cluster): Promise<Postmaster | undefined> {
  const file = join(cluster.folder, "postmaster.pid");
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n").map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!(pid > 0) || !isAlive(pid)) return undefined;
  if (lines[1] !== cluster.folder || (await isSomethingElse(pid))) {
    await rm(file, { force: true });
    return undefined;
  }
  return { pid, port: Number(lines[3]), ready: lines[7] === "ready" };
}

async function isSomethingElse(pid: number): Promise<boolean> {
  if (process.platform !== "linux") return false;
  // An empty command line is a process that ended and was not yet collected.
  return !(await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).includes("postgres");
}

/** Waits until the PostgreSQL on this cluster takes connections; `undefined` when it went away instead. */
export async function untilReady(cluster: Cluster): Promise<Postmaster | undefined> {
  const limit = Date.now() + START_LIMIT_MS;
  for (;;) {
    const found = await runningPostmaster(cluster);
    if (!found || found.ready) return found;
    if (Date.now() > limit) {
      throw new DatabaseSetupError(
        "DATABASE_START_FAILED",
        `PostgreSQL (process ${found.pid}) does not get ready; see ${logFile(cluster)}.`,
      );
    }
    await wait(POLL_MS);
  }
}

/**
 * Starts PostgreSQL in a session of its own, so that Ctrl-C in the terminal reaches only us and we stop it last.
 * @returns the running server, or why it ended, from the end of its log.
 */
export async function launch(cluster: Cluster, postgres: string, options: { port: number; durable: boolean }) {
  const settings = { ...SETTINGS, ...(options.durable ? {} : THROWAWAY), port: String(options.port) };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  await turnLog(cluster);
  const log = await open(logFile(cluster), "a", 0o600);
  const from = (await log.stat()).size;
  const child = spawn(postgres, ["-D", cluster.folder, ...flags], {
    ...cluster.owner,
    cwd: "/",
    detached: options.durable,
    stdio: ["ignore", log.fd, log.fd],
    env: { LC_ALL: "C", TZ: "UTC" } as unknown as NodeJS.ProcessEnv,
  });
  let ended = false;
  child.once("exit", () => {
    ended = true;
  });
  child.once("error", () => {
    ended = true;
  });
  child.unref();
  await log.close();

  const limit = Date.now() + START_LIMIT_MS;
  while (!ended && Date.now() < limit) {
    const found = await runningPostmaster(cluster);
    if (found?.pid === child.pid && found?.ready) return { postmaster: found };
    await wait(POLL_MS);
  }
  return { failure: (await readFile(logFile(cluster))).subarray(from).toString("utf8").trim() };
}

/**
 * Fast shutdown: ends sessions, rolls back what is open, writes a checkpoint. Resolves when this PostgreSQL is gone;
 * another process on the cluster may have started one of its own by then.
 */
export async function shutDown(cluster: Cluster): Promise<void> {
  const pid = (await runningPostmaster(cluster))?.pid;
  if (pid === undefined) return;
  const limit = Date.now() + STOP_LIMIT_MS;
  process.kill(pid, "SIGINT");
  while ((await runningPostmaster(cluster))?.pid === pid) {
    // Beyond the limit: stop without a checkpoint; nothing committed is lost, the next start replays the log.
    if (Date.now() > limit) process.kill(pid, "SIGQUIT");
    await wait(POLL_MS);
  }
}

/** `preferred` when it is free on the loopback address, another free port otherwise. */
export async function freePort(preferred = 0): Promise<number> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(preferred, "127.0.0.1", () => resolve(true));
  });
  if (!listening) return freePort();
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function logFile(cluster: Cluster): string {
  return `${cluster.folder}.log`;
}

async function turnLog(cluster: Cluster): Promise<void> {
  const size = (await stat(logFile(cluster)).catch(() => null))?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) await rename(logFile(cluster), `${logFile(cluster)}.1`);
}
