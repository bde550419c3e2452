/** The files that a buyer hands in instead of a repository: one rule, at submission and in every sandbox. */
import { safeFilePath } from "./sandbox/paths.ts";
import type { FilesSource } from "./sandbox.ts";

type Files = FilesSource["files"];
type Refusal = { readonly refusal: string /** Of the file that is refused. */; readonly index: number };

/** All that is laid out: `code` is a file like the others. */
export function handedIn(files: Files, code: string | null | undefined): Files {
  return typeof code === "string" ? [...files, { path: "code.txt", content: code }] : files;
}

/** The content by checked path; or why not, for a path that is refused, named twice, or both a file and a folder. */
export function readHandedIn(files: Files): { readonly files: ReadonlyMap<string, string> } | Refusal {
  const read = new Map<string, string>();
  const named = new Map<string, number>();
  const folders = new Map<string, number>();
  for (const [index, { path, content }] of files.entries()) {
    const safe = readPath(path);
    if ("refusal" in safe) return { ...safe, index };
    const before = named.get(safe.path);
    if (before !== undefined) return { refusal: `The file ${safe.path} is given twice.`, index: before };
    named.set(safe.path, index);
    read.set(safe.path, content);
    for (let end = safe.path.lastIndexOf("/"); end > 0; end = safe.path.lastIndexOf("/", end - 1))
      folders.set(safe.path.slice(0, end), index);
  }
  for (const [folder, index] of folders) {
    if (named.has(folder)) return { refusal: `${folder} is given as a file and as a folder.`, index };
  }
  return { files: read };
}

function readPath(path: string): { path: string } | { refusal: string } {
  try {
    return { path: safeFilePath(path) };
  } catch (error) {
    return { refusal: (error as Error).message };
  }
}
