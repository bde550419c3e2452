import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, realpath, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Log } from "#server/kernel/log.ts";
import { SHARED_PLACE } from "#server/kernel/shared-place.ts";
import { DatabaseSetupError } from "../setup-error.ts";
import type { SystemUser } from "./user.ts";

/**
 * The folder that really holds the cluster: `dataDir`, unless PostgreSQL's unprivileged user cannot reach it (a clone
 * below a 0700 home). Then it is a folder under /var/lib/ai-city, and `dataDir/location` names it for good, so that
 * the data is found again when the clone moves.
 */
export async function clusterPlace(dataDir: string, user: SystemUser | undefined, log: Pick<Log, "warn">) {
  try {
    await mkdir(dataDir, { recursive: true });
    const here = await realpath(dataDir);
    const pointer = join(here, "location");
    const moved = await readFile(pointer, "utf8").catch(() => "");
    if (moved.trim() !== "") return await openFolder(moved.trim());
    if (user === undefined) return here;
    if (await reachable(dirname(here), user)) return await openFolder(here);

    const id = createHash("sha256").update(here).digest("hex").slice(0, 12);
    const place = await openFolder(join(SHARED_PLACE, "data", `${basename(here)}-${id}`));
    await writeFile(pointer, `${place}\n`);
    log.warn(
      { dataDir: here, place },
      "PostgreSQL's user cannot reach the data folder; the database is kept elsewhere",
    );
    return place;
  } catch (cause) {
    throw new DatabaseSetupError(
      "DATA_FOLDER_UNUSABLE",
      `The database folder ${dataDir} cannot be used: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}

/** Others may pass through, not look: the cluster inside is 0700 and belongs to PostgreSQL's user. */
async function openFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const { mode } = await stat(folder);
  if ((mode & 0o011) !== 0o011) await chmod(folder, (mode & 0o777) | 0o011);
  return folder;
}

async function reachable(folder: string, user: SystemUser): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    const { mode, uid, gid } = await stat(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
