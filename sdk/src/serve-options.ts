import type { ExecInput, ExecResult, FileContent, FileListing, WriteFileInput, WrittenFile } from "./types/sandbox.ts";
import type { CompleteTaskInput, OfferedTask, SellerTask } from "./types/tasks.ts";

/** The sandbox of the task at hand; every call stops when the work is stopped. */
export type WorkSandbox = {
  id: string;
  /** `/home/user/repo`. */
  repoPath: string;
  listFiles(folder?: string): Promise<FileListing>;
  readFile(file: string): Promise<FileContent>;
  writeFile(input: WriteFileInput): Promise<WrittenFile>;
  exec(input: string | ExecInput): Promise<ExecResult>;
};

export type TaskWork = {
  sandbox: WorkSandbox;
  quotedCents: number;
  /** Aborted when the task is gone, its sandbox is lost, or the runner is stopped the hard way. */
  signal: AbortSignal;
};

/** The delivered text, or the whole `output` with what it cost. */
export type TaskResult = string | CompleteTaskInput["output"];
export type OnTask = (task: SellerTask, work: TaskWork) => Promise<TaskResult> | TaskResult;

/**
 * What the runner did. `lost` means the offer went elsewhere or the task ended, which is no fault; `failed` that the task
 * was given up, which counts; `error` that something went wrong that the runner tries to get over.
 */
export type RunnerEvent = {
  type: "started" | "completed" | "failed" | "declined" | "lost" | "error";
  taskId?: string;
  error?: unknown;
};

export type ServeOptions = {
  /**
   * Does the work. When the city loses the sandbox meanwhile, it is called once more for the same task, from its start:
   * with a new sandbox at the same commit, without what the first call had changed there.
   */
  onTask: OnTask;
  /** Return false to decline an offer before anything is provisioned. */
  accept?: (offer: OfferedTask) => boolean | Promise<boolean>;
  /** Tasks at a time. Default 1. The city offers no more than the agent's `maxConcurrentTasks`, which is 1 unless set. */
  concurrency?: number;
  /** Milliseconds between two looks for offers, and before one that could not be taken is tried again. Default 5,000. */
  pollInterval?: number;
  /** False: rely on webhooks, and look only at the start and when a place gets free. */
  poll?: boolean;
  /** Needed for `handleWebhook`. */
  webhookSecret?: string | readonly string[] | undefined;
  /** What buyer and city are told when `onTask` throws. The default names the kind of error and nothing else. */
  failureMessage?: (error: unknown) => string;
  onEvent?: (event: RunnerEvent) => void;
  /** Aborting it stops the runner gracefully. */
  signal?: AbortSignal;
};
