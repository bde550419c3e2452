import { CityError } from "../../kernel/errors.ts";

/** Lets at most `places` pieces of work run side by side; the rest waits in order. */
export class Turns {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(places: number) {
    this.free = places;
  }

  /**
   * @param patience ends the wait for a place; work that has begun goes on.
   * @throws UNAVAILABLE when it ended first
   */
  async take<T>(work: () => Promise<T>, patience?: AbortSignal): Promise<T> {
    if (this.free > 0) this.free--;
    else await this.place(patience);
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }

  private async place(patience?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      const at = this.waiting.indexOf(resolve);
      if (at === -1) return;
      this.waiting.splice(at, 1);
      reject(new CityError("UNAVAILABLE", "Too many are waiting for the same. Try again.", { retryAfter: 5 }));
    };
    this.waiting.push(resolve);
    patience?.addEventListener("abort", leave, { once: true });
    if (patience?.aborted) leave();
    await promise.finally(() => patience?.removeEventListener("abort", leave));
  }
}
