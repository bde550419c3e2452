import { renameSync, writeFileSync } from "node:fs";

/**
 * Writes a small file so that a process killed at any moment leaves the old content or the new one, never a part.
 * @param mode permissions of the file, e.g. 0o600 for a secret.
 */
export function writeWhole(path: string, content: string, mode: number): void {
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, content, { mode, flush: true });
  renameSync(unfinished, path);
}
