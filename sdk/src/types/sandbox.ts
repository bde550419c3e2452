export type FileEntry = { name: string; type: "file" | "directory" | "symlink" | "other"; sizeBytes: number };
export type FileListing = { path: string; entries: FileEntry[] };

export type FileContent = {
  path: string;
  content: string;
  encoding: "utf8" | "base64";
  sizeBytes: number;
  truncated: boolean;
};

export type WriteFileInput = { path: string; content: string; encoding?: "utf8" | "base64" };
export type WrittenFile = { path: string; sizeBytes: number };

export type ExecInput = {
  /** Run by `bash -c`. */
  command: string;
  /** Default `/home/user/repo`. */
  cwd?: string;
  /** At most 300,000, which is the default. */
  timeoutMs?: number;
};

export type ExecResult = {
  exitCode: number;
  stdout: string;
  stderr: string;
  durationMs: number;
  timedOut: boolean;
  truncated: boolean;
};
