/** From the objects of a pack to the files of its commit. Names that could do harm on any file system are refused. */
import { safeFilePath } from "../paths.ts";
import type { GitObject } from "./read-pack.ts";

export type TreeFile = { readonly path: string; readonly data: Buffer; readonly mode: "file" | "program" | "symlink" };

const MAX_DEPTH = 128;

/** @throws Error for a missing object, an object of the wrong kind, or a path that git would refuse too. */
export function readCommitFiles(objects: ReadonlyMap<string, GitObject>, commit: string, maxFiles: number): TreeFile[] {
  const root = /^tree ([0-9a-f]{40})\n/.exec(pick(objects, commit, "commit").toString("latin1", 0, 60))?.[1];
  if (root === undefined) throw new Error("The commit names no tree.");
  const files: TreeFile[] = [];
  let visited = 0;
  const walk = (oid: string, folder: string, depth: number) => {
    if (depth > MAX_DEPTH) throw new Error("The folders are nested too deeply.");
    const seen = new Set<string>();
    for (const entry of readTree(pick(objects, oid, "tree"))) {
      // A few trees that contain each other many times over would make a walk without end.
      if (++visited > maxFiles * 2) throw new Error("No space left: the repository has too many files.");
      if (seen.has(entry.name)) throw new Error("A folder has two entries of one name.");
      seen.add(entry.name);
      const path = safeFilePath(folder === "" ? entry.name : `${folder}/${entry.name}`);
      if (entry.name.includes("/")) throw new Error("An entry's name contains a slash.");
      if (entry.mode === "40000") walk(entry.oid, path, depth + 1);
      else if (entry.mode === "120000") files.push({ path, data: pick(objects, entry.oid, "blob"), mode: "symlink" });
      else if (entry.mode.startsWith("100")) {
        const mode = entry.mode === "100755" ? "program" : "file";
        files.push({ path, data: pick(objects, entry.oid, "blob"), mode });
      } else if (entry.mode !== "160000") throw new Error("An entry has an unknown mode.");
      if (files.length > maxFiles) throw new Error("No space left: the repository has too many files.");
    }
  };
  walk(root, "", 0);
  return files;
}

function pick(objects: ReadonlyMap<string, GitObject>, oid: string, type: GitObject["type"]): Buffer {
  const object = objects.get(oid);
  if (object === undefined || object.type !== type) throw new Error(`The pack lacks the ${type} ${oid}.`);
  return object.data;
}

function* readTree(data: Buffer): Generator<{ mode: string; name: string; oid: string }> {
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(32, at);
    const end = data.indexOf(0, space);
    if (space === -1 || end === -1 || end + 20 >= data.length + 1) throw new Error("A folder's list is damaged.");
    const mode = data.toString("latin1", at, space).replace(/^0+/, "");
    yield { mode, name: data.toString("utf8", space + 1, end), oid: data.toString("hex", end + 1, end + 21) };
    at = end + 21;
  }
}
