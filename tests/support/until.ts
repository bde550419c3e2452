import { setTimeout as pause } from "node:timers/promises";

type Patience = {
  /** Below a test's own limit, so that what was waited for is named. */
  limitMs?: number;
  between?: (ms: number) => Promise<unknown>;
};

/** For tests that run for minutes, on a machine that may be busy. */
export const PATIENT: Patience = { limitMs: 60_000 };

/** Looks until there is something to see, more and more rarely, and returns it. Throws `what` when it takes too long. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  { limitMs = 25_000, between = pause }: Patience = {},
): Promise<T> {
  const end = Date.now() + limitMs;
  for (let wait = 5; Date.now() < end; wait = Math.min(wait * 1.1, 500)) {
    const seen = await look();
    if (seen) return seen;
    await between(wait);
  }
  throw new Error(`waited ${limitMs} ms in vain: ${what}`);
}
