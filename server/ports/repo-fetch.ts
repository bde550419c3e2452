/**
 * The broker: the only part that reaches a git remote. It speaks git's smart HTTP itself, hands back the raw pack and
 * never parses it, so a hostile pack is first looked at inside the seal.
 */

export interface RepoRequest {
  readonly url: string;
  /** Branch, tag or full commit; the remote's HEAD when absent. */
  readonly ref?: string;
  readonly token?: string;
  /** Milliseconds for everything, name look-up included. */
  readonly timeoutMs: number;
  /** Largest pack accepted, in bytes. */
  readonly maxPackBytes: number;
}

export interface FetchedRepo {
  /** Full object id of the commit. */
  readonly commit: string;
  /** An untrusted pack with this commit and its tree, without history. */
  readonly pack: Buffer;
}

export interface RepoFetcher {
  /**
   * Judges a URL and ref by their text alone, before anything is held or fetched.
   * Answers a plain reason for refusal, or null.
   */
  refusal(url: string, ref?: string): string | null;
  /** Throws `RepoUnavailable` with a plain sentence; the token never appears in it. */
  fetch(request: RepoRequest): Promise<FetchedRepo>;
}
