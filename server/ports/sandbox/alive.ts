import type { SandboxSpec } from "../sandbox.ts";
import { checkSandboxId } from "./ids.ts";

/** How a provider comes by a sandbox: `reopen` finds one that was made before, `build` makes a new one. */
export type Origin<S> = {
  reopen(id: string): Promise<S | null>;
  build(spec: SandboxSpec): Promise<S>;
};

/** The sandboxes a provider holds, so that repeated and concurrent calls with one id meet in one piece of work. */
export class Alive<S> {
  private readonly held = new Map<string, Promise<S | null>>();
  private readonly origin: Origin<S>;

  constructor(origin: Origin<S>) {
    this.origin = origin;
  }

  /** The sandbox of this id, or null. @throws SANDBOX_NOT_FOUND when it cannot be an id */
  async open(id: string): Promise<S | null> {
    checkSandboxId(id);
    return this.held.get(id) ?? this.hold(id, this.origin.reopen(id));
  }

  /** The sandbox of this id, made where there is none. A failed one is forgotten, so that it can be tried again. */
  async create(spec: SandboxSpec): Promise<S> {
    const { id } = spec;
    checkSandboxId(id);
    // An `open` under way may find nothing; only then is it ours to make.
    for (let running = this.held.get(id); running !== undefined; running = this.held.get(id)) {
      const existing = await running;
      if (existing !== null) return existing;
    }
    return this.hold(
      id,
      this.origin.reopen(id).then((found) => found ?? this.origin.build(spec)),
    );
  }

  /** Lets go of it and answers it, once it is made. */
  async drop(id: string): Promise<S | null> {
    const sandbox = (await this.held.get(id)?.catch(() => null)) ?? null;
    this.held.delete(id);
    return sandbox;
  }

  /** Nothing found is not remembered. */
  private hold<T extends S | null>(id: string, started: Promise<T>): Promise<T> {
    this.held.set(id, started);
    const forget = () => {
      if (this.held.get(id) === started) this.held.delete(id);
    };
    started.then((sandbox) => sandbox ?? forget(), forget);
    return started;
  }
}
