/**
 * As root, sandboxes lie outside the data folder of their installation. When that folder is deleted no server starts on
 * it again, and nobody would sweep them: so each installation is noted, and others look after those that are gone.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

/** @param folder that all installations of this machine share. @param home of the sandboxes. */
export async function noteInstallation(folder: string, home: string, dataDir: string): Promise<void> {
  await mkdir(join(folder, "installations"), { recursive: true, mode: 0o700 });
  // A folder that does not exist yet would be taken for one that is gone.
  await mkdir(dataDir, { recursive: true });
  await writeFile(join(folder, "installations", basename(home)), resolve(dataDir), { mode: 0o600 });
}

/** @param sweep destroys every sandbox of the installation with that data folder. */
export async function sweepForsaken(folder: string, sweep: (dataDir: string) => Promise<unknown>): Promise<void> {
  const notes = join(folder, "installations");
  for (const name of await readdir(notes)) {
    const dataDir = await readFile(join(notes, name), "utf8").catch(() => "");
    if (dataDir === "" || existsSync(dataDir)) continue;
    // What could not be removed is left for the next start; it must not keep us from ours.
    await sweep(dataDir).then(
      () => rm(join(notes, name), { force: true }),
      () => undefined,
    );
  }
}
