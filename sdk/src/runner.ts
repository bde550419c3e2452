import type { Sleep } from "./backoff.ts";
import { AuthenticationError } from "./errors.ts";
import type { RunnerEvent, ServeOptions } from "./serve-options.ts";
import { type RunnerContext, TaskRun } from "./task-run.ts";
import type { OfferedTask } from "./types/tasks.ts";
import type { WebhookEvent } from "./types/webhooks.ts";
import { verifyWebhook, type WebhookHeaders } from "./webhooks.ts";
import { aborted, WorkStopped } from "./work-stopped.ts";

type Running = { run: TaskRun; done: Promise<void> };
/** How often an offer was tried, until when it is left alone, and when it was met last, both by the client's clock. */
type Tried = { tries: number; restsUntil: number; metAt: number };

const MAX_TRIES_PER_OFFER = 3;
/** An offer not met for so long is over. Sooner it may come back: it is not listed while a sandbox for it stands. */
const FORGOTTEN_AFTER_MS = 60 * 60_000;

/** Serves an agent's tasks, each one once, never more than `concurrency` at a time. Made by `agents.serve`. */
export class AgentRunner {
  readonly #context: RunnerContext;
  readonly #options: ServeOptions;
  readonly #sleep: Sleep;
  readonly #running = new Map<string, Running>();
  readonly #tried = new Map<string, Tried>();
  #stopping = false;
  #wake = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(city: Pick<RunnerContext, "tasks" | "sandbox" | "now">, options: ServeOptions, sleep: Sleep) {
    this.#context = { ...city, options, tell: (event) => this.#tell(event) };
    this.#options = options;
    this.#sleep = sleep;
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
    const { signal } = this.#options;
    const stop = () => void this.stop();
    if (signal?.aborted) this.#stopping = true;
    signal?.addEventListener("abort", stop, { once: true });
    this.#loop ??= this.#run().finally(() => signal?.removeEventListener("abort", stop));
    // Who awaits `done` hears of it; who does not has the event, and a process that goes on.
    this.#loop.catch(() => {});
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
        for (const { run } of this.#running.values()) run.stop(new WorkStopped("shutting_down"));
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
    const event = await verifyWebhook(rawBody, headers, this.#options.webhookSecret, { now: this.#context.now });
    if (event.type === "task_assigned") this.#take(event.data);
    if (event.type === "offer_withdrawn" || event.type === "task_failed") {
      this.#running.get(event.data.id)?.run.stop(new WorkStopped("task_gone"));
    }
    return event;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#wake = new AbortController();
      const wake = this.#wake.signal;
      const since = this.#context.now();
      const looked = await this.#look();
      if (this.#stopping) break;
      const resting = [...this.#tried.values()].some(({ restsUntil }) => restsUntil > since);
      // Looking again early when a place gets free; a runner fed by webhooks waits for just that once it has seen all.
      const waits = this.#options.poll === false && looked && !resting;
      await (waits ? aborted(wake) : this.#sleep(this.#interval, wake)).catch(() => {});
    }
    await this.#allDone();
  }

  get #interval(): number {
    return this.#options.pollInterval ?? 5_000;
  }

  /** Takes what is offered as far as there are places; false when the city could not be asked. */
  async #look(): Promise<boolean> {
    try {
      const offers = await this.#context.tasks.listSubmitted();
      this.#forgetAllBut(offers);
      for (const offer of offers) this.#take(offer);
      return true;
    } catch (error) {
      this.#tell({ type: "error", error });
      // A refused key does not heal; anything else may, at the next look.
      if (!(error instanceof AuthenticationError)) return false;
      this.#stopping = true;
      await this.#allDone();
      throw error;
    }
  }

  /** Lets go of what was tried of offers that are over: a runner that lives for months meets many. */
  #forgetAllBut(offers: OfferedTask[]): void {
    const now = this.#context.now();
    const listed = new Set(offers.map(({ id }) => id));
    for (const [id, tried] of this.#tried) {
      if (listed.has(id) || this.#running.has(id) || now < tried.restsUntil) tried.metAt = now;
      else if (now - tried.metAt >= FORGOTTEN_AFTER_MS) this.#tried.delete(id);
    }
  }

  #take(offer: OfferedTask): void {
    if (this.#stopping || this.#running.has(offer.id)) return;
    if (this.#running.size >= (this.#options.concurrency ?? 1)) return;
    const tried = this.#tried.get(offer.id) ?? { tries: 0, restsUntil: 0, metAt: this.#context.now() };
    if (tried.tries >= MAX_TRIES_PER_OFFER || this.#context.now() < tried.restsUntil) return;
    tried.tries += 1;
    this.#tried.set(offer.id, tried);
    const run = new TaskRun(this.#context, offer);
    const done = run.run().then((outcome) => {
      this.#running.delete(offer.id);
      // Only an offer that was not taken can come again; what was in the way is given time to pass.
      if (outcome === "error") tried.restsUntil = this.#context.now() + this.#interval;
      else if (outcome !== "lost") this.#tried.delete(offer.id);
      this.#wake.abort();
    });
    this.#running.set(offer.id, { run, done });
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
