import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { DatabaseSetupError } from "../setup-error.ts";
import type { Binaries } from "./binaries.ts";
import type { SystemUser } from "./user.ts";

const run = promisify(execFile);

export const SUPERUSER = "city";

export type Cluster = { folder: string; password: string; owner: SystemUser | undefined; created: boolean };

type Options = { place: string; binaries: Binaries; user: SystemUser | undefined; durable: boolean };

/**
 * Opens the cluster in `place`, making it on first use. initdb works in a folder of its own that gets its final name
 * only when it is complete, password included: a crash halfway leaves no half a cluster.
 */
export async function openCluster({ place, binaries, user, durable }: Options): Promise<Cluster> {
  const folder = join(place, "cluster");
  const created = !(await stat(join(folder, "PG_VERSION")).catch(() => null));
  if (created) await createCluster({ place, binaries, user, durable }, folder);

  const version = (await readFile(join(folder, "PG_VERSION"), "utf8")).trim();
  if (version !== binaries.major) {
    throw new DatabaseSetupError(
      "DATABASE_VERSION",
      `The data in ${folder} was written by PostgreSQL ${version}; this version brings PostgreSQL ${binaries.major}. Move the data with pg_dump and pg_restore, or remove the folder to start anew.`,
    );
  }
  const { uid, gid } = await stat(folder);
  const password = (await readFile(join(folder, "ai-city.password"), "utf8")).trim();
  // The owner on disk decides, not today's passwd file: it may have another number on a rebuilt machine.
  return { folder, password, owner: user && { uid, gid }, created };
}

async function createCluster({ place, binaries, user, durable }: Options, folder: string): Promise<void> {
  await removeUnfinished(place);
  const unfinished = join(place, `unfinished-${process.pid}`);
  const passwordFile = join(place, `password-${process.pid}`);
  try {
    await writeFile(passwordFile, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
    await mkdir(unfinished, { mode: 0o700 });
    if (user) for (const path of [passwordFile, unfinished]) await chown(path, user.uid, user.gid);
    const flags = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"];
    // PostgreSQL's own collation: the same order on every machine, and no index to rebuild when the system changes.
    flags.push("--locale-provider=builtin", "--builtin-locale=C.UTF-8");
    if (!durable) flags.push("--no-sync");
    await run(
      binaries.initdb,
      [`--pgdata=${unfinished}`, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, ...flags],
      {
        ...user,
        cwd: "/",
        env: { LC_ALL: "C", TZ: "UTC" } as unknown as NodeJS.ProcessEnv,
      },
    );
    await rename(passwordFile, join(unfinished, "ai-city.password"));
    await rename(unfinished, folder);
  } catch (cause) {
    // Another process may have made the cluster at the same moment; then ours is not needed.
    if (await stat(join(folder, "PG_VERSION")).catch(() => null)) return;
    const reason = (cause as { stderr?: string }).stderr?.trim() || String(cause);
    throw new DatabaseSetupError("DATABASE_START_FAILED", `The database could not be created in ${place}: ${reason}`, {
      cause,
    });
  } finally {
    for (const path of [unfinished, passwordFile]) await rm(path, { recursive: true, force: true });
  }
}

/** Leavings of an initdb that was killed. Those of a process that still lives are left to it. */
async function removeUnfinished(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    const pid = Number(/^(?:unfinished|password)-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) await rm(join(place, name), { recursive: true, force: true });
  }
}

/** True when the process exists, also when it belongs to someone else. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
