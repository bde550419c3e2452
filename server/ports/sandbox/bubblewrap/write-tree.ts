/** Puts the first files into a fresh box, as the user who shall own them: what the kernel refuses to it, we cannot do. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Tree = {
  /** Made empty a moment ago, and shown to nobody yet. */
  readonly box: string;
  /** Who writes; null when we are not root. */
  readonly uid: number | null;
  /** Relative to the box, parents first. */
  readonly folders: readonly string[];
  readonly files: readonly (readonly [path: string, data: Uint8Array])[];
};

/**
 * Synchronous from end to end, because the user id is that of the whole process meanwhile.
 * @throws the file system's error; ENOSPC when the box is too small.
 */
export function writeTree({ box, uid, folders, files }: Tree): void {
  if (uid !== null) become(uid);
  try {
    for (const folder of folders) mkdirSync(join(box, folder), { mode: 0o755 });
    for (const [path, data] of files) writeFileSync(join(box, path), data, { flag: "wx", mode: 0o644 });
  } finally {
    if (uid !== null) returnToRoot();
  }
}

function become(uid: number): void {
  process.setegid?.(uid);
  process.seteuid?.(uid);
}

function returnToRoot(): void {
  process.seteuid?.(0);
  process.setegid?.(0);
}
