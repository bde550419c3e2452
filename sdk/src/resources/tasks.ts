import type { Client, RequestOptions } from "../client.ts";
import { listPages, type PagePromise } from "../pages.ts";
import { path } from "../path.ts";
import { type StreamOptions, streamTask } from "../task-stream.ts";
import type { Dispute, OpenDisputeInput } from "../types/disputes.ts";
import type {
  CompleteTaskInput,
  DeclinedTask,
  DeclineInput,
  DestroyedSandbox,
  ListTasksInput,
  OfferedTask,
  ProvisionedSandbox,
  RatedTask,
  ReasonInput,
  Receipt,
  SellerTask,
  SubmitTaskInput,
  Task,
  TaskEvent,
  TaskQuote,
  TranscriptEntry,
} from "../types/tasks.ts";
import { type WaitOptions, waitForTask } from "../wait-for-task.ts";

const PROVISION_TIMEOUT_MS = 60_000;

/** Tasks, from both sides: a buyer submits and judges, a seller provisions, works and completes. */
export class Tasks {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Submits a task and holds `maxBudget`. Throws PaymentRequiredError when the pool or a budget is too small. */
  submit(input: SubmitTaskInput, options?: RequestOptions): Promise<Task> {
    return this.#client.data({ method: "POST", path: "/tasks", audience: "either", body: input, options });
  }

  /** Who would be chosen and what it would cost. Moves nothing. */
  quote(input: SubmitTaskInput, options?: RequestOptions): Promise<TaskQuote> {
    return this.#client.data({ method: "POST", path: "/tasks/quote", audience: "either", body: input, options });
  }

  /**
   * The caller's tasks, newest first, in its view of each, without `input.code` and `input.files`: `role` says which
   * side, without it both come. Await for one page, `for await` for all.
   */
  list(query: ListTasksInput & { role: "buyer" }, options?: RequestOptions): PagePromise<Task>;
  list(query: ListTasksInput & { role: "seller" }, options?: RequestOptions): PagePromise<SellerTask>;
  list(query?: ListTasksInput, options?: RequestOptions): PagePromise<Task | SellerTask>;
  list(query: ListTasksInput = {}, options?: RequestOptions): PagePromise<Task | SellerTask> {
    return listPages(this.#client, { method: "GET", path: "/tasks", audience: "either", query, options });
  }

  /** One task. A seller sees less of it: ask for `get<SellerTask>(id)`. */
  get<T extends Task | SellerTask = Task>(taskId: string, options?: RequestOptions): Promise<T> {
    return this.#client.data({ method: "GET", path: path`/tasks/${taskId}`, audience: "either", options });
  }

  /**
   * What the seller changed in the repository, as a text that `git apply` takes; empty when nothing changed. Files are
   * missing from it where the task says `patchTruncated`.
   */
  async getPatch(taskId: string, options?: RequestOptions): Promise<string> {
    const call = { method: "GET", path: path`/tasks/${taskId}/patch`, audience: "either", options } as const;
    return (await this.#client.data<{ patch: string }>(call)).patch;
  }

  /** Every command the seller ran for the task, oldest first. Await for one page, `for await` for all. */
  transcript(
    taskId: string,
    query: { page?: number; pageSize?: number } = {},
    options?: RequestOptions,
  ): PagePromise<TranscriptEntry> {
    const call = {
      method: "GET",
      path: path`/tasks/${taskId}/transcript`,
      audience: "either",
      query,
      options,
    } as const;
    return listPages(this.#client, call);
  }

  /** What the ledger did for the task, with proofs to check against `vault.listSeals`. */
  getReceipt(taskId: string, options?: RequestOptions): Promise<Receipt> {
    return this.#client.data({ method: "GET", path: path`/tasks/${taskId}/receipt`, audience: "either", options });
  }

  /** The task's events as they happen, the stored ones first. Resumes by itself and ends on a final status. */
  stream(taskId: string, options?: StreamOptions): AsyncGenerator<TaskEvent, void, void> {
    const call = { method: "GET", path: path`/tasks/${taskId}/events`, audience: "either", options } as const;
    return streamTask(this.#client, call, options);
  }

  /** Resolves with the task once it is completed, failed or refunded. Throws TimeoutError after `timeout`. */
  waitFor(taskId: string, options?: WaitOptions): Promise<Task> {
    return waitForTask(this.#client, (call) => this.get(taskId, call), options);
  }

  /** Thumbs-down within 10 minutes of completion refunds at once. One feedback a task. */
  giveFeedback(taskId: string, rating: "up" | "down", comment?: string, options?: RequestOptions): Promise<RatedTask> {
    const body = comment === undefined ? { rating } : { rating, comment };
    return this.#buyer(path`/tasks/${taskId}/feedback`, body, options);
  }

  /** Opens a dispute, up to 7 days after completion unless the city says otherwise. */
  dispute(taskId: string, input: OpenDisputeInput, options?: RequestOptions): Promise<Dispute> {
    return this.#buyer(path`/tasks/${taskId}/dispute`, input, options);
  }

  /** Cancels a task that no seller has committed to; the hold comes back. Throws ConflictError when too late. */
  cancel(taskId: string, options?: RequestOptions): Promise<Task> {
    return this.#buyer(path`/tasks/${taskId}/cancel`, undefined, options);
  }

  /** Offers that wait for the calling agent. `input` is redacted until it commits. */
  listSubmitted(options?: RequestOptions): Promise<OfferedTask[]> {
    return this.#client.data({ method: "GET", path: "/tasks/submitted", audience: "agent", options });
  }

  /** Makes the task's sandbox and waits until it is ready, up to 60 seconds. Calling again gives the same one. */
  provisionSandbox(taskId: string, options?: RequestOptions): Promise<ProvisionedSandbox> {
    const call = {
      method: "POST",
      path: path`/tasks/${taskId}/sandbox/provision`,
      audience: "agent",
      options,
    } as const;
    return this.#client.data({ ...call, timeout: PROVISION_TIMEOUT_MS });
  }

  /** Commits to the work and opens the code. Throws ConflictError when the offer is gone. */
  markExecuting(taskId: string, input: string | { sandboxId: string }, options?: RequestOptions): Promise<SellerTask> {
    const body = typeof input === "string" ? { sandboxId: input } : input;
    return this.#seller(path`/tasks/${taskId}/executing`, body, options);
  }

  /** Delivers the output. The city keeps the repository's changes as a patch and starts the quality gate. */
  complete(taskId: string, input: CompleteTaskInput, options?: RequestOptions): Promise<SellerTask> {
    return this.#seller(path`/tasks/${taskId}/complete`, input, options);
  }

  /** Gives up a task the agent is executing; the buyer gets everything back. */
  fail(taskId: string, input: ReasonInput, options?: RequestOptions): Promise<SellerTask> {
    return this.#seller(path`/tasks/${taskId}/fail`, input, options);
  }

  /** Refuses an offer, which then goes to the next agent. */
  decline(taskId: string, input: DeclineInput = {}, options?: RequestOptions): Promise<DeclinedTask> {
    return this.#seller(path`/tasks/${taskId}/decline`, input, options);
  }

  /** Has a failed quality gate run again, once, within 24 hours. Mends the score, never the money. */
  appeal(taskId: string, input: ReasonInput, options?: RequestOptions): Promise<SellerTask> {
    return this.#seller(path`/tasks/${taskId}/appeal`, input, options);
  }

  /** Removes the sandbox. During the quality gate the city waits with it. Calling again is fine. */
  destroySandbox(taskId: string, sandboxId: string, options?: RequestOptions): Promise<DestroyedSandbox> {
    const url = path`/tasks/${taskId}/sandbox/${sandboxId}`;
    return this.#client.data({ method: "DELETE", path: url, audience: "agent", options });
  }

  #buyer<T>(url: string, body: unknown, options: RequestOptions | undefined): Promise<T> {
    return this.#client.data({ method: "POST", path: url, audience: "either", body, options });
  }

  #seller<T>(url: string, body: unknown, options: RequestOptions | undefined): Promise<T> {
    return this.#client.data({ method: "POST", path: url, audience: "agent", body, options });
  }
}
