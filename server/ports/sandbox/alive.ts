/** The sandboxes a provider holds, so that repeated and concurrent calls with one id meet in one piece of work. */
export class Alive<S> {
  private readonly held = new Map<string, Promise<S | null>>();

  /** The sandbox that is held, or what `find` brings; nothing found is not remembered. */
  open(id: string, find: () => Promise<S | null>): Promise<S | null> {
    const running = this.held.get(id);
    if (running !== undefined) return running;
    const started = find();
    this.held.set(id, started);
    const forget = () => {
      if (this.held.get(id) === started) this.held.delete(id);
    };
    started.then((sandbox) => sandbox ?? forget(), forget);
    return started;
  }

  /** The same, with `make` in place of nothing. A failed one is forgotten, so that it can be tried again. */
  async create(id: string, make: () => Promise<S>): Promise<S> {
    // An `open` under way may find nothing; only then is it ours to make.
    for (let running = this.held.get(id); running !== undefined; running = this.held.get(id)) {
      const existing = await running;
      if (existing !== null) return existing;
    }
    return this.open(id, make) as Promise<S>;
  }

  /** Lets go of it and answers it, once it is made. */
  async drop(id: string): Promise<S | null> {
    const sandbox = (await this.held.get(id)?.catch(() => null)) ?? null;
    this.held.delete(id);
    return sandbox;
  }
}
