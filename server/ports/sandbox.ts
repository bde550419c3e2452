import { CityError } from "../kernel/errors.ts";

/**
 * The sealed sandbox: where a seller works on a buyer's code.
 *
 * Promise of every adapter: no network but loopback, no view of the host, bounded resources, nothing left after
 * `destroy`. What an adapter cannot do is stated in `can`; a task that needs more is refused with the reason.
 */

/** Where the repository lies inside every sandbox. */
export const REPO_PATH = "/home/user/repo";

export type SandboxName = "bubblewrap" | "virtual" | "e2b";

/** What can be bounded. An adapter lists those it really enforces. */
export type BoundedResource = "memory" | "processes" | "cpu" | "disk" | "files" | "output" | "time";

/** What an adapter can do on this machine, as found by trying it at start. */
export interface SandboxAbilities {
  /** "real": programs of this machine run. "emulated": a shell interpreter with built-in commands only. */
  readonly exec: "real" | "emulated";
  /** `git` can be used by commands. */
  readonly git: boolean;
  /** A repository's own tests can be run (needs real node or python). */
  readonly tests: boolean;
  readonly egress: "none";
  readonly limits: readonly BoundedResource[];
  /** Survives a restart of the server. */
  readonly survivesRestart: boolean;
  /** One plain sentence on what stands between the seller and the host. */
  readonly isolation: string;
  /** Plain sentences on what this machine lacks, for `/ready` and THREATS.md. Empty when nothing is missing. */
  readonly gaps: readonly string[];
}

export interface SandboxLimits {
  /** Bytes of memory for all processes together. */
  readonly memoryBytes: number;
  /** Processes and threads together. */
  readonly processes: number;
  /** Processor share: 1 is one core. */
  readonly cpus: number;
  /** Bytes of the workspace, `.git` included. */
  readonly diskBytes: number;
  /** Files, folders and links in the workspace. */
  readonly files: number;
  /** Bytes kept of stdout and of stderr, each. */
  readonly outputBytes: number;
  /** Longest a single command may run, in milliseconds; a smaller `timeoutMs` wins. */
  readonly commandMs: number;
  /** Longest that fetching and laying out the source may take, in milliseconds. */
  readonly createMs: number;
}

export const DEFAULT_LIMITS: SandboxLimits = {
  memoryBytes: 1024 * 1024 * 1024,
  processes: 256,
  cpus: 1,
  diskBytes: 512 * 1024 * 1024,
  files: 100_000,
  outputBytes: 256 * 1024,
  commandMs: 5 * 60_000,
  createMs: 25_000,
};

export interface RepoSource {
  readonly kind: "repo";
  /** https, of an allowed host. In local mode also a listed local remote. */
  readonly url: string;
  /** Branch, tag or full commit; the remote's HEAD when absent. */
  readonly ref?: string;
  /** The buyer's short-lived token. Only ever sent to the remote; never stored, logged or shown. */
  readonly token?: string;
}

export interface FilesSource {
  readonly kind: "files";
  /** Paths relative to the repository. Absolute ones, `..`, `.git` and control characters are refused (`readHandedIn`). */
  readonly files: readonly { readonly path: string; readonly content: string }[];
}

export interface SandboxSpec {
  /** Chosen by the caller (a–z, 0–9, at most 64): the key that makes `create` repeatable. */
  readonly id: string;
  readonly source: RepoSource | FilesSource;
  readonly limits?: Partial<SandboxLimits>;
}

export interface FileEntry {
  readonly name: string;
  readonly type: "file" | "directory" | "symlink" | "other";
  /** 0 for anything but a regular file. */
  readonly sizeBytes: number;
}

export interface FileContent {
  /** Absolute path inside the sandbox. */
  readonly path: string;
  readonly content: string;
  /** base64 when the bytes are not valid UTF-8 text. */
  readonly encoding: "utf8" | "base64";
  /** Size of the whole file, also when `content` was cut. */
  readonly sizeBytes: number;
  readonly truncated: boolean;
}

export interface ExecResult {
  /** 128 + signal when killed by one; 137 after a time-out and when ended by `close`. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
  /** stdout or stderr was longer than the limit and was cut. */
  readonly truncated: boolean;
}

/** The tree as it was provisioned, out of the seller's reach. Symlinks and submodules are not in it. */
export interface PristineTree {
  /** `lines` is absent for a binary file. Paths are relative to the repository. */
  readonly paths: ReadonlyMap<string, { readonly bytes: number; readonly lines?: number }>;
  /** Text of a file, or null when it is missing, binary or over 1 MB. */
  readText(path: string): Promise<string | null>;
}

export interface WorkspaceDiff {
  /** Unified diff that `git apply` takes at the pristine commit, without NUL; at most 1 MB, cut at a file's border. */
  readonly patch: string;
  readonly truncated: boolean;
  /** Files that did not exist in the pristine tree, also those left out of a cut patch. */
  readonly createdPaths: readonly string[];
}

/**
 * One sandbox. Paths are absolute (inside `REPO_PATH`) or relative to it.
 *
 * Errors: `VALIDATION_ERROR` for a path or command that is refused, `FILE_NOT_FOUND` for one that is not there,
 * `UNAVAILABLE` when the sandbox does not answer; `sandboxLost` when it is gone, and `open` answers null from then on.
 */
export interface Sandbox {
  readonly id: string;
  /** The commit that was fetched; null when the source was files. */
  readonly commit: string | null;
  /** Bytes of all text files in the pristine tree: what the price is computed from. */
  readonly textBytes: number;
  listFiles(path: string): Promise<FileEntry[]>;
  /** At most 1 MB is returned. */
  readFile(path: string): Promise<FileContent>;
  /** Replaces or creates a file, and its folders. */
  writeFile(path: string, content: string, encoding?: "utf8" | "base64"): Promise<{ sizeBytes: number }>;
  /**
   * Runs a shell command line. Everything it started is gone when this returns. Ended by `close` it answers 137 and no
   * output; CONFLICT where it had not begun.
   */
  exec(command: string, options?: { cwd?: string; timeoutMs?: number }): Promise<ExecResult>;
  /** Ends the commands that run and lets none begin until `reopen`, so that what is delivered holds still. Repeatable. */
  close(): Promise<void>;
  reopen(): Promise<void>;
  diff(): Promise<WorkspaceDiff>;
  pristine(): Promise<PristineTree>;
}

export interface SandboxProvider {
  readonly name: SandboxName;
  readonly can: SandboxAbilities;
  /** Repeated or concurrent calls with one id give the same sandbox. Throws `RepoUnavailable`. */
  create(spec: SandboxSpec): Promise<Sandbox>;
  /** Also after a restart of the server. Null when it does not exist or is lost. */
  open(id: string): Promise<Sandbox | null>;
  /** Ends its processes and removes its files. Repeatable; no error for an unknown id. */
  destroy(id: string): Promise<void>;
  /**
   * At start: destroys every sandbox whose id is not in `keep`, except those that another server may be about to use;
   * answers the ids destroyed. One that cannot be destroyed does not keep the others: that is thrown at the end.
   */
  sweep(keep: ReadonlySet<string>): Promise<string[]>;
}

/** What a call on a sandbox that is gone throws, and what it says to the seller. */
export function sandboxLost(cause?: unknown): CityError {
  return new CityError("UNAVAILABLE", "The sandbox was lost. Provision it again to go on at the same commit.", {
    retryAfter: 1,
    details: { reason: "sandbox_lost" },
    cause,
  });
}

/**
 * The source could not be had: missing, private, too large, too slow, refused, or broken. The message is a plain
 * sentence for the buyer and never bears a token. The task fails with `failureReason: "repo_unavailable"`.
 */
export class RepoUnavailable extends Error {
  override readonly name = "RepoUnavailable";
  readonly reason = "repo_unavailable";
}

/** Works across module copies, where `instanceof` does not. */
export function isRepoUnavailable(error: unknown): error is RepoUnavailable {
  return error instanceof Error && (error as { reason?: unknown }).reason === "repo_unavailable";
}
