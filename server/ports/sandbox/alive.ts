import type { SandboxSpec } from "../sandbox.ts";
import { checkSandboxId } from "./ids.ts";

/** How a provider comes by a sandbox: `reopen` finds one that was made before, `build` makes a new one. */
export type Origin<S> = {
  reopen(id: string): Promise<S | null>;
  /** @param dropped nobody wants it any more: what has not begun need not begin. */
  build(spec: SandboxSpec, dropped: AbortSignal): Promise<S>;
};

type Held<S> = { readonly sandbox: Promise<S | null>; usedAt: number };

/**
 * The sandboxes a provider holds, so that repeated and concurrent calls with one id meet in one piece of work. One that
 * was found lost is let go of, and looked for anew.
 */
export class Alive<S extends { readonly lost: boolean }> {
  private readonly held = new Map<string, Held<S>>();
  private readonly making = new Map<string, AbortController>();
  private readonly origin: Origin<S>;
  private readonly idleMs: number;

  /**
   * @param idleMs one not asked for in so long is let go of: another server may have destroyed it, and tells nobody.
   * For sandboxes only that end by themselves by then, or that `reopen` finds again.
   */
  constructor(origin: Origin<S>, idleMs = Number.POSITIVE_INFINITY) {
    this.origin = origin;
    this.idleMs = idleMs;
  }

  /** The sandbox of this id, or null. @throws SANDBOX_NOT_FOUND when it cannot be an id */
  async open(id: string): Promise<S | null> {
    checkSandboxId(id);
    const held = this.held.get(id);
    if (held === undefined) return this.hold(id, this.origin.reopen(id));
    held.usedAt = performance.now();
    const sandbox = await held.sandbox;
    if (!sandbox?.lost) return sandbox;
    this.letGo(id, held);
    return this.open(id);
  }

  /** The sandbox of this id, made where there is none. A failed one is forgotten, so that it can be tried again. */
  async create(spec: SandboxSpec): Promise<S> {
    const { id } = spec;
    checkSandboxId(id);
    // An `open` under way may find nothing; only then is it ours to make.
    for (let running = this.held.get(id); running !== undefined; running = this.held.get(id)) {
      running.usedAt = performance.now();
      const existing = await running.sandbox;
      if (existing?.lost) this.letGo(id, running);
      else if (existing !== null) return existing;
    }
    return this.hold(id, this.make(spec));
  }

  /** Lets go of it and answers it, once it is made. */
  async drop(id: string): Promise<S | null> {
    this.making.get(id)?.abort();
    const sandbox = (await this.held.get(id)?.sandbox.catch(() => null)) ?? null;
    this.held.delete(id);
    return sandbox;
  }

  private async make(spec: SandboxSpec): Promise<S> {
    const dropped = new AbortController();
    this.making.set(spec.id, dropped);
    try {
      return (await this.origin.reopen(spec.id)) ?? (await this.origin.build(spec, dropped.signal));
    } finally {
      this.making.delete(spec.id);
    }
  }

  /** Nothing found is not remembered. */
  private hold<T extends S | null>(id: string, started: Promise<T>): Promise<T> {
    this.letIdleGo();
    const held = { sandbox: started, usedAt: performance.now() };
    this.held.set(id, held);
    const forget = () => this.letGo(id, held);
    started.then((sandbox) => sandbox ?? forget(), forget);
    return started;
  }

  private letIdleGo(): void {
    const idleSince = performance.now() - this.idleMs;
    for (const [id, held] of this.held) if (held.usedAt < idleSince) this.letGo(id, held);
  }

  private letGo(id: string, held: Held<S>): void {
    if (this.held.get(id) === held) this.held.delete(id);
  }
}
