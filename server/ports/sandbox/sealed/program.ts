/** What a wall is asked to run, and what comes of it. The walls are bubblewrap on this machine and machines of E2B's. */
import type { Manifest } from "./manifest.ts";

/** A folder of the sandbox as the program sees it; "box" is all of them. */
export type Binding = {
  readonly part: "git" | "repo" | "tmp" | "box";
  readonly to: string;
  readonly writable: boolean;
};

export type Program = {
  readonly binds: readonly Binding[];
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Buffer;
  readonly timeoutMs: number;
  /** Bytes kept of each stream. */
  readonly outputBytes: number;
  /** Size of a fresh /tmp, in bytes. Without effect when a bind takes its place. */
  readonly scratchBytes?: number;
};

export type ProgramRun = {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly durationMs: number;
  readonly timedOut: boolean;
  readonly truncated: boolean;
};

/** What separates one sandbox from everything else. */
export type Wall = {
  /**
   * Runs a program behind the wall and waits for it; everything it started is gone then.
   * @param heavy what a seller may make large: it runs within the sandbox's own bounds of memory and processes, where
   *   our small file scripts, bounded by themselves, need not wait for those.
   * @param command it is a seller's, which `close` ends.
   * @throws UNAVAILABLE when the program could not be run; `stands` tells whether another could.
   */
  run(program: Program, options: { heavy: boolean; command: boolean; signal: AbortSignal }): Promise<ProgramRun>;
  /** Ends the seller's commands that no signal reaches, for example those that another server started. */
  close(): Promise<void>;
  reopen(): Promise<void>;
  /** False when what is behind the wall is gone for good. Asked when something failed. */
  stands(): Promise<boolean>;
  /** What the pristine tree holds. */
  manifest(): Promise<Manifest>;
};

/** What every program behind a wall finds in its environment. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  HOME: "/home/user",
  USER: "user",
  SHELL: "/bin/sh",
  LANG: "C.UTF-8",
  TERM: "dumb",
  TMPDIR: "/tmp",
  PAGER: "cat",
  GIT_PAGER: "cat",
  GIT_TERMINAL_PROMPT: "0",
};
