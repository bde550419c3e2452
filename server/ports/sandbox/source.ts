/** Where the content of a sandbox comes from, the same for every adapter. */
import { readHandedIn } from "../handed-in-files.ts";
import type { FetchedRepo, RepoFetcher } from "../repo-fetch.ts";
import { RepoUnavailable, type SandboxLimits, type SandboxSpec } from "../sandbox.ts";
import { Turns } from "./turns.ts";

/** What the buyer handed in, by checked path, or what was fetched and nobody has looked at yet. */
export type Source = { readonly files: ReadonlyMap<string, string> } | FetchedRepo;

const MAX_PACK_BYTES = 256 * 1024 * 1024;

/**
 * A fetched pack lies in this server's memory, twice for a moment, until it is unpacked: so many at once, whatever is
 * asked for. Files came with their request and wait for nobody.
 */
const fetches = new Turns(4);

/**
 * Has `work` done with the source, within the time to make a sandbox. That counts from the source's own turn, for which
 * it waits as long at most: whoever asked has a deadline too.
 * @param wanted.dropped ends that wait.
 * @throws RepoUnavailable when it cannot be fetched, or has files that are refused: the buyer's fault, not the seller's.
 * @throws UNAVAILABLE when its turn did not come
 */
export async function withSource<T>(
  repos: RepoFetcher,
  wanted: {
    readonly source: SandboxSpec["source"];
    readonly limits: SandboxLimits;
    readonly dropped: AbortSignal;
    readonly maxPackBytes?: number;
  },
  work: (source: Source, deadline: number) => Promise<T>,
): Promise<T> {
  const { source, limits, dropped, maxPackBytes = MAX_PACK_BYTES } = wanted;
  const deadline = () => performance.now() + limits.createMs;
  if (source.kind === "files") {
    const read = readHandedIn(source.files);
    if ("refusal" in read) throw new RepoUnavailable(read.refusal);
    return work(read, deadline());
  }
  const { url, ref, token } = source;
  const request = { url, timeoutMs: limits.createMs, maxPackBytes: Math.min(maxPackBytes, limits.diskBytes) };
  const patience = AbortSignal.any([dropped, AbortSignal.timeout(limits.createMs)]);
  return fetches.take(async () => {
    const until = deadline();
    return work(await repos.fetch({ ...request, ...(ref && { ref }), ...(token && { token }) }), until);
  }, patience);
}
