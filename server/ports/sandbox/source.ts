/** Where the content of a sandbox comes from, the same for every adapter. */
import { readHandedIn } from "../handed-in-files.ts";
import type { FetchedRepo, RepoFetcher } from "../repo-fetch.ts";
import { RepoUnavailable, type SandboxLimits, type SandboxSpec } from "../sandbox.ts";

/** What the buyer handed in, by checked path, or what was fetched and nobody has looked at yet. */
export type Source = { readonly files: ReadonlyMap<string, string> } | FetchedRepo;

const MAX_PACK_BYTES = 256 * 1024 * 1024;

/** @throws RepoUnavailable when it cannot be fetched, or has files that are refused: the buyer's fault, not the seller's. */
export async function obtainSource(
  repos: RepoFetcher,
  source: SandboxSpec["source"],
  limits: SandboxLimits,
  maxPackBytes: number = MAX_PACK_BYTES,
): Promise<Source> {
  if (source.kind === "files") {
    const read = readHandedIn(source.files);
    if ("refusal" in read) throw new RepoUnavailable(read.refusal);
    return read;
  }
  const { url, ref, token } = source;
  const request = { url, timeoutMs: limits.createMs, maxPackBytes: Math.min(maxPackBytes, limits.diskBytes) };
  return repos.fetch({ ...request, ...(ref && { ref }), ...(token && { token }) });
}
