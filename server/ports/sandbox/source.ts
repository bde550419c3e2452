/** Where the content of a sandbox comes from, the same for every adapter. */
import { CityError } from "../../kernel/errors.ts";
import type { FetchedRepo, RepoFetcher } from "../repo-fetch.ts";
import type { FilesSource, SandboxLimits, SandboxSpec } from "../sandbox.ts";
import { safeFilePath } from "./paths.ts";

/** What the buyer handed in, by checked path, or what was fetched and nobody has looked at yet. */
export type Source = { readonly files: ReadonlyMap<string, string> } | FetchedRepo;

const MAX_PACK_BYTES = 256 * 1024 * 1024;

/** @throws RepoUnavailable when it cannot be fetched, VALIDATION_ERROR for files that are refused. */
export async function obtainSource(
  repos: RepoFetcher,
  source: SandboxSpec["source"],
  limits: SandboxLimits,
  maxPackBytes: number = MAX_PACK_BYTES,
): Promise<Source> {
  if (source.kind === "files") return { files: checkedFiles(source.files) };
  const { url, ref, token } = source;
  const request = { url, timeoutMs: limits.createMs, maxPackBytes: Math.min(maxPackBytes, limits.diskBytes) };
  return repos.fetch({ ...request, ...(ref && { ref }), ...(token && { token }) });
}

/**
 * The files by their checked path.
 * @throws VALIDATION_ERROR for a path that is refused, named twice, or both a file and a folder.
 */
function checkedFiles(files: FilesSource["files"]): Map<string, string> {
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
