import { setTimeout as pause } from "node:timers/promises";

const LIMIT_MS = 60_000;

/** Looks until there is something to see, more and more rarely. Throws `what` after a minute. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  between: (ms: number) => Promise<unknown> = pause,
): Promise<T> {
  const end = Date.now() + LIMIT_MS;
  for (let wait = 20; Date.now() < end; wait = Math.min(wait * 1.5, 500)) {
    const seen = await look();
    if (seen) return seen;
    await between(wait);
  }
  throw new Error(`waited a minute in vain: ${what}`);
}
