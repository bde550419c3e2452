import { randomBytes } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";

/**
 * Writes a small file so that a reader, and a process killed at any moment, finds the old content or the new one, never
 * a part; also where several processes write it at the same time.
 * @param mode permissions of the file, e.g. 0o600 for a secret.
 */
export function writeWhole(path: string, content: string | Buffer, mode: number): void {
  const unfinished = `${path}.${randomBytes(6).toString("hex")}`;
  writeFileSync(unfinished, content, { mode, flush: true });
  renameSync(unfinished, path);
}
