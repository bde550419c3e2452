import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SHARED_PLACE } from "../../../kernel/shared-place.ts";
import { findProgram } from "./find-program.ts";

const OWN = fileURLToPath(new URL("../../../../node_modules/node/", import.meta.url));

/**
 * The runtime that sandboxes are shown: the project's own, so that it is the same on every machine. As root the seal
 * opens it as another user; where a folder on the way forbids that (a clone below a 0700 home) it is shown a copy.
 * @returns null when there is none at all.
 */
export function findNode(root: boolean): string | null {
  const own = join(OWN, "bin/node");
  if (existsSync(own)) {
    if (!root || openToAll(own)) return own;
    const copy = copyForEveryone(own);
    if (copy !== null) return copy;
  }
  const others = [process.execPath, findProgram("node")];
  return others.find((path) => path !== null && existsSync(path) && (!root || openToAll(path))) ?? null;
}

function copyForEveryone(own: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(join(OWN, "package.json"), "utf8")) as { version: string };
    const place = join(SHARED_PLACE, `node-${version}-${process.arch}`);
    if (existsSync(place)) return place;
    mkdirSync(SHARED_PLACE, { recursive: true, mode: 0o755 });
    const unfinished = `${place}.${process.pid}`;
    copyFileSync(own, unfinished);
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, place);
    return openToAll(place) ? place : null;
  } catch {
    // A system that cannot be written to: one of its own runtimes has to do.
    return null;
  }
}

/** Every folder on the way lets any user pass, and the file lets any user read and run it. */
function openToAll(path: string): boolean {
  const real = realpathSync(path);
  let folder = "/";
  for (const part of real.split("/").slice(1, -1)) {
    folder = join(folder, part);
    if ((statSync(folder).mode & 0o001) === 0) return false;
  }
  return (statSync(real).mode & 0o005) === 0o005;
}
