/** A `git fast-import` stream that makes one commit of a buyer's files. Same files, same commit. */
import { CityError } from "../../kernel/errors.ts";
import type { FilesSource } from "../sandbox.ts";
import { safeFilePath } from "./paths.ts";

/** A fixed author and time, so that the commit says nothing about the buyer or the machine. */
const SIGNATURE = "AI City <city@sandbox.invalid> 946684800 +0000";

/** @param branch that the commit goes to. */
export function fastImportStream(files: ReadonlyMap<string, string>, branch: string): Buffer {
  const chunks: Buffer[] = [];
  const line = (text: string) => chunks.push(Buffer.from(`${text}\n`));
  line(`commit refs/heads/${branch}`);
  line(`author ${SIGNATURE}`);
  line(`committer ${SIGNATURE}`);
  line("data 8\nProvided");
  for (const [path, content] of files) {
    const bytes = Buffer.from(content);
    line(`M 100644 inline "${path.replaceAll('"', '\\"')}"`);
    line(`data ${bytes.length}`);
    chunks.push(bytes);
    line("");
  }
  line("done");
  return Buffer.concat(chunks);
}

/**
 * The files by their checked path.
 * @throws VALIDATION_ERROR for a path that is refused, named twice, or both a file and a folder.
 */
export function checkedFiles(files: FilesSource["files"]): Map<string, string> {
  const checked = new Map<string, string>();
  const folders = new Set<string>();
  for (const { path, content } of files) {
    const safe = safeFilePath(path);
    if (checked.has(safe)) throw new CityError("VALIDATION_ERROR", `The file ${safe} is given twice.`);
    checked.set(safe, content);
    for (let end = safe.lastIndexOf("/"); end > 0; end = safe.lastIndexOf("/", end - 1))
      folders.add(safe.slice(0, end));
  }
  for (const path of checked.keys()) {
    if (folders.has(path)) throw new CityError("VALIDATION_ERROR", `${path} is given as a file and as a folder.`);
  }
  return checked;
}
