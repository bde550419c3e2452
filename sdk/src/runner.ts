import type { Sleep } from "./backoff.ts";
import { AgentCityError, AuthenticationError, ConflictError, NotFoundError } from "./errors.ts";
import type { Sandbox } from "./resources/sandbox.ts";
import type { Tasks } from "./resources/tasks.ts";
import type { ExecInput, ExecResult, FileContent, FileListing, WriteFileInput, WrittenFile } from "./types/sandbox.ts";
import type { CompleteTaskInput, OfferedTask, ProvisionedSandbox, SellerTask } from "./types/tasks.ts";
import type { WebhookEvent } from "./types/webhooks.ts";
import { verifyWebhook, type WebhookHeaders } from "./webhooks.ts";

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
  /** Aborted when the task is gone or the runner is stopped the hard way. */
  signal: AbortSignal;
};

/** The delivered text, or the whole `output` with what it cost. */
export type TaskResult = string | CompleteTaskInput["output"];
export type OnTask = (task: SellerTask, work: TaskWork) => Promise<TaskResult> | TaskResult;

/** What the runner did; `lost` means the offer went elsewhere or the task ended, which is no fault. */
export type RunnerEvent = {
  type: "started" | "completed" | "failed" | "declined" | "lost" | "error";
  taskId?: string;
  error?: unknown;
};

export type ServeOptions = {
  onTask: OnTask;
  /** Return false to decline an offer before anything is provisioned. */
  accept?: (offer: OfferedTask) => boolean | Promise<boolean>;
  /** Tasks at a time. Default 1. */
  concurrency?: number;
  /** Milliseconds between two looks for offers. Default 5,000. */
  pollInterval?: number;
  /** False: rely on webhooks, and look only at the start and when a place gets free. */
  poll?: boolean;
  /** Needed for `handleWebhook`. */
  webhookSecret?: string | readonly string[];
  /** What buyer and city are told when `onTask` throws. The default names the kind of error and nothing else. */
  failureMessage?: (error: unknown) => string;
  onEvent?: (event: RunnerEvent) => void;
  /** Aborting it stops the runner gracefully. */
  signal?: AbortSignal;
};

type City = { tasks: Tasks; sandbox: Sandbox };
type Running = { abort: AbortController; done: Promise<void> };

const MAX_TRIES_PER_OFFER = 3;
/** A task in work is worth waiting for: with back-off so many tries outlast a restart of the city. */
const PATIENT = { retries: 8 } as const;
const GONE = "The task is no longer this agent's.";

/** Serves an agent's tasks, each one once, never more than `concurrency` at a time. Made by `agents.serve`. */
export class AgentRunner {
  readonly #city: City;
  readonly #options: ServeOptions;
  readonly #sleep: Sleep;
  readonly #now: () => number;
  readonly #running = new Map<string, Running>();
  readonly #tries = new Map<string, number>();
  #stopping = false;
  #wake = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(city: City, options: ServeOptions, clock: { sleep: Sleep; now: () => number }) {
    this.#city = city;
    this.#options = options;
    this.#sleep = clock.sleep;
    this.#now = clock.now;
  }

  /** Ids of the tasks in work. */
  get running(): string[] {
    return [...this.#running.keys()];
  }

  /** Settles when the runner has stopped; rejects when the agent's key is refused. */
  get done(): Promise<void> {
    return this.#loop ?? Promise.resolve();
  }

  start(): void {
    this.#options.signal?.addEventListener("abort", () => void this.stop(), { once: true });
    this.#loop ??= this.#run();
  }

  /**
   * Takes no further task and resolves when the running ones are done.
   * @param graceMs after this long the running tasks are aborted and reported as failed; without it they may finish
   */
  async stop({ graceMs }: { graceMs?: number } = {}): Promise<void> {
    this.#stopping = true;
    this.#wake.abort();
    const grace = new AbortController();
    if (graceMs !== undefined) {
      const cut = () => {
        for (const { abort } of this.#running.values()) abort.abort(new Error("The agent is shutting down."));
      };
      this.#sleep(graceMs, grace.signal).then(cut, () => {});
    }
    await this.#allDone();
    grace.abort();
    await this.#loop?.catch(() => {});
  }

  /**
   * Checks a webhook and acts on it: an offer starts work, a withdrawn offer or a failed task stops it.
   * Answer the city's request with 2xx as soon as this resolves; it does not wait for the work.
   * @throws WebhookVerificationError
   */
  async handleWebhook(rawBody: string | Uint8Array, headers: WebhookHeaders): Promise<WebhookEvent> {
    if (this.#options.webhookSecret === undefined) throw new TypeError("serve() was given no webhookSecret.");
    const event = await verifyWebhook(rawBody, headers, this.#options.webhookSecret, { now: this.#now });
    if (event.type === "task_assigned") this.#take(event.data);
    if (event.type === "offer_withdrawn" || event.type === "task_failed") {
      this.#running.get(event.data.id)?.abort.abort(new AgentCityError(GONE, { status: 0, code: "TASK_GONE" }));
    }
    return event;
  }

  async #run(): Promise<void> {
    const interval = this.#options.pollInterval ?? 5_000;
    while (!this.#stopping) {
      this.#wake = new AbortController();
      const wake = this.#wake.signal;
      await this.#look();
      if (this.#stopping) break;
      // Looking again early when a place gets free; a runner fed by webhooks waits for just that.
      const pause = this.#options.poll === false ? aborted(wake) : this.#sleep(interval, wake);
      await pause.catch(() => {});
    }
    await this.#allDone();
  }

  async #look(): Promise<void> {
    try {
      for (const offer of await this.#city.tasks.listSubmitted()) this.#take(offer);
    } catch (error) {
      // A refused key does not heal; anything else may, at the next look.
      if (error instanceof AuthenticationError) {
        this.#stopping = true;
        await this.#allDone();
        throw error;
      }
      this.#tell({ type: "error", error });
    }
  }

  #take(offer: OfferedTask): void {
    if (this.#stopping || this.#running.has(offer.id)) return;
    if (this.#running.size >= (this.#options.concurrency ?? 1)) return;
    const tries = this.#tries.get(offer.id) ?? 0;
    if (tries >= MAX_TRIES_PER_OFFER) return;
    this.#tries.set(offer.id, tries + 1);
    const abort = new AbortController();
    const done = this.#work(offer, abort.signal).then(() => {
      this.#running.delete(offer.id);
      this.#wake.abort();
    });
    this.#running.set(offer.id, { abort, done });
  }

  /** One task from offer to cleaned sandbox. Never rejects: whatever happens becomes an event. */
  async #work(offer: OfferedTask, signal: AbortSignal): Promise<void> {
    const { tasks } = this.#city;
    let provisioned: ProvisionedSandbox | undefined;
    try {
      if (this.#options.accept && !(await this.#options.accept(offer))) {
        await tasks.decline(offer.id, { reason: "not_accepted" });
        return this.#tell({ type: "declined", taskId: offer.id });
      }
      provisioned = await tasks.provisionSandbox(offer.id, { signal, ...PATIENT });
      const task = await tasks.markExecuting(offer.id, provisioned.sandboxId, { signal, ...PATIENT });
      this.#tell({ type: "started", taskId: offer.id });
      await this.#perform(task, provisioned, signal);
      this.#tries.delete(offer.id);
    } catch (error) {
      const gone = signal.aborted || error instanceof ConflictError || error instanceof NotFoundError;
      this.#tell({ type: gone ? "lost" : "error", taskId: offer.id, error });
    } finally {
      if (provisioned) await this.#cleanUp(offer.id, provisioned.sandboxId);
    }
  }

  async #perform(task: SellerTask, provisioned: ProvisionedSandbox, signal: AbortSignal): Promise<void> {
    const { tasks } = this.#city;
    const started = this.#now();
    let result: TaskResult;
    try {
      const work = {
        sandbox: this.#sandbox(task.id, provisioned, signal),
        quotedCents: provisioned.quotedCents,
        signal,
      };
      // Work that ignores its signal must not keep a stopped runner alive.
      result = await Promise.race([this.#options.onTask(task, work), aborted(signal)]);
    } catch (error) {
      if (error instanceof AgentCityError && error.code === "TASK_GONE") throw error;
      const message = (this.#options.failureMessage ?? kindOfError)(error);
      this.#tell({ type: "failed", taskId: task.id, error });
      await tasks.fail(task.id, { reason: "agent_error", message }, PATIENT);
      return;
    }
    const output = typeof result === "string" ? { result } : result;
    const executionTimeMs = Math.max(0, Math.round(this.#now() - started));
    await tasks.complete(task.id, { output, executionTimeMs }, PATIENT);
    this.#tell({ type: "completed", taskId: task.id });
  }

  #sandbox(taskId: string, provisioned: ProvisionedSandbox, signal: AbortSignal): WorkSandbox {
    const { sandbox } = this.#city;
    const { sandboxId: id, repoPath } = provisioned;
    const options = { signal, ...PATIENT };
    return {
      id,
      repoPath,
      listFiles: (folder = repoPath) => sandbox.listFiles(taskId, folder, options),
      readFile: (file) => sandbox.readFile(taskId, file, options),
      writeFile: (input) => sandbox.writeFile(taskId, input, options),
      exec: (input) => sandbox.exec(taskId, input, options),
    };
  }

  async #cleanUp(taskId: string, sandboxId: string): Promise<void> {
    try {
      await this.#city.tasks.destroySandbox(taskId, sandboxId);
    } catch (error) {
      // The city removes it anyway when the task ends.
      if (!(error instanceof NotFoundError)) this.#tell({ type: "error", taskId, error });
    }
  }

  async #allDone(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #tell(event: RunnerEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch {
      // A listener that throws must not stop the work it listens to.
    }
  }
}

function kindOfError(error: unknown): string {
  return `The agent stopped with an error (${error instanceof Error ? error.name : typeof error}).`;
}

/** Rejects when the signal is aborted, never resolves. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
