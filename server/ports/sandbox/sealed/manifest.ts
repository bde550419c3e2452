/** The list of what the pristine tree holds, as printed by the lay-out script. */
import { countLines } from "../file-content.ts";

export type Manifest = ReadonlyMap<string, { readonly bytes: number; readonly lines?: number }>;

export type LaidOut = { readonly commit: string; readonly manifest: Manifest; readonly textBytes: number };

/**
 * Reads commit NUL, `ls-tree -l -z`, NUL, `diff-tree --numstat -z`. Only regular files count: a link's text is not
 * the file it points to, and a submodule is not fetched.
 */
export function readLayOut(output: string): LaidOut {
  const fields = output.split("\0");
  const commit = fields[0] ?? "";
  const border = fields.indexOf("", 1);
  const lines = new Map<string, number>();
  for (const entry of fields.slice(border + 1)) {
    const [added, , ...name] = entry.split("\t");
    if (name.length > 0 && added !== "-") lines.set(name.join("\t"), Number(added));
  }
  const manifest = new Map<string, { bytes: number; lines?: number }>();
  let textBytes = 0;
  for (const entry of fields.slice(1, border)) {
    const tab = entry.indexOf("\t");
    const [mode, , , size] = entry.slice(0, tab).split(/ +/);
    if (!mode?.startsWith("100")) continue;
    const path = entry.slice(tab + 1);
    const count = lines.get(path);
    const bytes = Number(size);
    manifest.set(path, count === undefined ? { bytes } : { bytes, lines: count });
    if (count !== undefined) textBytes += bytes;
  }
  return { commit, manifest, textBytes };
}

/** The same list for files that were handed in: git need not be asked for what we know. */
export function describeFiles(files: ReadonlyMap<string, string>): Omit<LaidOut, "commit"> {
  const manifest = new Map<string, { bytes: number; lines?: number }>();
  let textBytes = 0;
  for (const [path, content] of files) {
    const data = Buffer.from(content);
    const lines = countLines(data);
    manifest.set(path, lines === null ? { bytes: data.length } : { bytes: data.length, lines });
    if (lines !== null) textBytes += data.length;
  }
  return { manifest, textBytes };
}

export function writeManifest(manifest: Manifest): string {
  return [...manifest].map(([path, { bytes, lines }]) => `${bytes}\t${lines ?? "-"}\t${path}\0`).join("");
}

export function readManifest(text: string): Manifest {
  const manifest = new Map<string, { bytes: number; lines?: number }>();
  for (const entry of text.split("\0")) {
    const [bytes, lines, ...name] = entry.split("\t");
    if (name.length === 0) continue;
    manifest.set(name.join("\t"), { bytes: Number(bytes), ...(lines === "-" ? {} : { lines: Number(lines) }) });
  }
  return manifest;
}
