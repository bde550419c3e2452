import { PATIENT } from "./backoff.ts";
import { isSandboxLost } from "./client.ts";
import { ConflictError, NotFoundError, ValidationError } from "./errors.ts";
import { LONGEST_COMMAND_MS, type Sandbox } from "./resources/sandbox.ts";
import type { Tasks } from "./resources/tasks.ts";
import type { RunnerEvent, ServeOptions, TaskResult, WorkSandbox } from "./serve-options.ts";
import type { OfferedTask, ProvisionedSandbox, SellerTask } from "./types/tasks.ts";
import { aborted, following, isStopped, WorkStopped } from "./work-stopped.ts";

/** What the tasks of one runner share. */
export type RunnerContext = {
  tasks: Tasks;
  sandbox: Sandbox;
  options: ServeOptions;
  now: () => number;
  tell: (event: RunnerEvent) => void;
};

/** How a task ended for this agent. */
type Outcome = Omit<RunnerEvent, "taskId">;

/** One may be lost under a task; a second loss is no accident. */
const MAX_SANDBOXES = 2;
/** The most that the city takes of a message. */
const MESSAGE_LENGTH = 2_000;

/** One task, from its offer to its cleaned sandbox. */
export class TaskRun {
  readonly #context: RunnerContext;
  readonly #offer: OfferedTask;
  readonly #abort = new AbortController();
  #sandboxId: string | undefined;

  constructor(context: RunnerContext, offer: OfferedTask) {
    this.#context = context;
    this.#offer = offer;
  }

  /** Stops what is still running. What was committed to is reported as failed, unless it is gone. */
  stop(reason: WorkStopped): void {
    this.#abort.abort(reason);
  }

  /** Resolves when nothing is left to do, with the last event's type. Never rejects: what goes wrong is an event. */
  async run(): Promise<RunnerEvent["type"]> {
    const outcome = await this.#serve();
    this.#tell(outcome);
    await this.#cleanUp();
    return outcome.type;
  }

  async #serve(): Promise<Outcome> {
    const { options, tasks } = this.#context;
    let provisioned: ProvisionedSandbox;
    let task: SellerTask;
    try {
      if (options.accept && !(await options.accept(this.#offer))) return await this.#decline("not_accepted");
      provisioned = await this.#provision();
    } catch (error) {
      // An offer that nobody answers counts as missed.
      if (isStopped(error, "shutting_down")) return this.#decline("shutting_down").catch(notTaken);
      return notTaken(error);
    }
    try {
      // Without a signal: a task that the city counts as begun has to be ended, so its answer is waited for.
      task = await tasks.markExecuting(this.#offer.id, provisioned.sandboxId, PATIENT);
    } catch (error) {
      return isGone(error) ? notTaken(error) : this.#giveUp(error);
    }
    this.#tell({ type: "started" });
    try {
      await this.#perform(task, provisioned);
      return { type: "completed" };
    } catch (error) {
      return this.#giveUp(error);
    }
  }

  async #decline(reason: string): Promise<Outcome> {
    await this.#context.tasks.decline(this.#offer.id, { reason });
    return { type: "declined" };
  }

  async #provision(): Promise<ProvisionedSandbox> {
    const { signal } = this.#abort;
    const provisioned = await this.#context.tasks.provisionSandbox(this.#offer.id, { ...PATIENT, signal });
    this.#sandboxId = provisioned.sandboxId;
    signal.throwIfAborted();
    return provisioned;
  }

  /** Works until the result is delivered, and once more from the start when the sandbox is lost on the way. */
  async #perform(task: SellerTask, first: ProvisionedSandbox): Promise<void> {
    const started = this.#context.now();
    let provisioned = first;
    for (let sandboxes = 1; ; sandboxes += 1) {
      const attempt = following(this.#abort.signal);
      try {
        const result = await this.#work(task, provisioned, attempt);
        return await this.#deliver(task, result, started, attempt);
      } catch (error) {
        // What the work makes of being stopped says less than why it was.
        const why = attempt.signal.aborted ? attempt.signal.reason : error;
        if (!isStopped(why, "sandbox_lost") || sandboxes === MAX_SANDBOXES) throw why;
        this.#tell({ type: "error", error: why });
        provisioned = await this.#provision().catch((cause) => {
          throw cause instanceof WorkStopped
            ? cause
            : new WorkStopped("sandbox_lost", { detail: "No other could be made.", cause });
        });
      }
    }
  }

  async #work(task: SellerTask, provisioned: ProvisionedSandbox, attempt: AbortController): Promise<TaskResult> {
    const { signal } = attempt;
    signal.throwIfAborted();
    const { quotedCents } = provisioned;
    const work = { sandbox: this.#sandbox(provisioned, attempt), quotedCents, signal };
    // Work that ignores its signal must not keep a stopped runner alive.
    return Promise.race([this.#context.options.onTask(task, work), aborted(signal)]);
  }

  async #deliver(task: SellerTask, result: TaskResult, started: number, attempt: AbortController): Promise<void> {
    const output = typeof result === "string" ? { result } : result;
    const executionTimeMs = Math.max(0, Math.round(this.#context.now() - started));
    // What is done is worth trying to hand in for as long as the city takes it.
    const timeout = Math.max(PATIENT.timeout, timeAllowed(task) - executionTimeMs);
    const options = { ...PATIENT, timeout, signal: attempt.signal };
    try {
      await noticingLoss(attempt, this.#context.tasks.complete(task.id, { output, executionTimeMs }, options));
    } catch (cause) {
      if (cause instanceof ValidationError) throw new WorkStopped("result_refused", { detail: cause.message, cause });
      throw cause;
    }
  }

  /** Ends a task that the agent committed to. One that the city no longer counts as running is lost, not failed. */
  async #giveUp(error: unknown): Promise<Outcome> {
    const stopped = error instanceof WorkStopped ? error : undefined;
    if (stopped?.reason === "task_gone") return { type: "lost", error };
    const message = stopped?.message ?? this.#failureMessage(error);
    const told = { reason: stopped?.reason ?? "agent_error", message: message.slice(0, MESSAGE_LENGTH) };
    try {
      await this.#context.tasks.fail(this.#offer.id, told, PATIENT);
    } catch (refused) {
      if (isGone(refused)) return { type: "lost", error };
      this.#tell({ type: "error", error: refused });
    }
    return { type: "failed", error };
  }

  #failureMessage(error: unknown): string {
    try {
      return String((this.#context.options.failureMessage ?? kindOfError)(error));
    } catch {
      return kindOfError(error);
    }
  }

  #sandbox({ sandboxId: id, repoPath }: ProvisionedSandbox, attempt: AbortController): WorkSandbox {
    const { sandbox } = this.#context;
    const taskId = this.#offer.id;
    const options = { ...PATIENT, signal: attempt.signal };
    const forCommands = { ...options, timeout: PATIENT.timeout + LONGEST_COMMAND_MS };
    return {
      id,
      repoPath,
      listFiles: (folder = repoPath) => noticingLoss(attempt, sandbox.listFiles(taskId, folder, options)),
      readFile: (file) => noticingLoss(attempt, sandbox.readFile(taskId, file, options)),
      writeFile: (input) => noticingLoss(attempt, sandbox.writeFile(taskId, input, options)),
      exec: (input) => noticingLoss(attempt, sandbox.exec(taskId, input, forCommands)),
    };
  }

  async #cleanUp(): Promise<void> {
    if (this.#sandboxId === undefined) return;
    try {
      await this.#context.tasks.destroySandbox(this.#offer.id, this.#sandboxId);
    } catch (error) {
      // The city removes it anyway when the task ends.
      if (!(error instanceof NotFoundError)) this.#tell({ type: "error", error });
    }
  }

  #tell(event: Outcome): void {
    this.#context.tell({ ...event, taskId: this.#offer.id });
  }
}

/** An offer that went elsewhere is lost; whatever else was in the way may not be there at the next try. */
function notTaken(error: unknown): Outcome {
  return { type: error instanceof WorkStopped || isGone(error) ? "lost" : "error", error };
}

/** The city says that the task is not, or no longer, this agent's to go on with. */
function isGone(error: unknown): boolean {
  if (error instanceof ConflictError) return error.code !== "IDEMPOTENCY_IN_FLIGHT";
  return error instanceof NotFoundError;
}

/** Stops the attempt as soon as the city says that its sandbox is lost, whatever the work makes of that answer. */
async function noticingLoss<T>(attempt: AbortController, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    if (isSandboxLost(cause)) attempt.abort(new WorkStopped("sandbox_lost", { cause }));
    throw cause;
  }
}

/** Milliseconds between the commitment and the deadline, by the city's clock; 0 when it does not say. */
function timeAllowed({ startedAt, deadlineAt }: SellerTask): number {
  return Date.parse(deadlineAt ?? "") - Date.parse(startedAt ?? "") || 0;
}

function kindOfError(error: unknown): string {
  return `The agent stopped with an error (${error instanceof Error ? error.name : typeof error}).`;
}
