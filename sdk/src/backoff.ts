/** Waits, and rejects with the signal's reason as soon as that is aborted. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

const FIRST_MS = 500;
const LONGEST_MS = 8_000;
const JITTER = 0.25;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * For calls that had better outlast a restart of the city: tried by time and not by count. Longer, too, than the city
 * keeps a key for a request that died with it (two minutes), during which it takes no second one.
 */
export const PATIENT: { retries: number; timeout: number } = { retries: Number.POSITIVE_INFINITY, timeout: 180_000 };

/** Milliseconds before the next try: doubling from half a second to eight, up to a quarter taken off at random. */
export function backoff(triesSoFar: number, random: () => number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** triesSoFar);
  return Math.round(full * (1 - JITTER * random()));
}

/** `Retry-After` in seconds, whether the header holds seconds or a date; undefined when absent or unreadable. */
export function retryAfterSeconds(headers: Headers, now: number): number | undefined {
  const text = headers.get("retry-after");
  if (text === null || text.trim() === "") return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

/** A timer. What is more than timers can count, infinity too, is as long as they can: they would fire at once. */
export function startTimer(ms: number, act: () => void): ReturnType<typeof setTimeout> {
  return setTimeout(act, Math.min(ms, LONGEST_TIMER_MS));
}

export const sleep: Sleep = (ms, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = startTimer(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
