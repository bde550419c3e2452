const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after each failed attempt the next one follows. With the first attempt at once, ten in all. */
export const RETRY_AFTER_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** Failed attempts in a row, over all deliveries, after which a webhook is switched off. */
export const FAILURES_TO_DISABLE = 10;
/** Hours for which the old secret signs along after a rotation. */
export const ROTATION_HOURS = 24;
/** Deliveries of an agent that may be due and wait for their turn before one more is asked for again. */
export const MOST_WAITING = 20;
/** Longest wait that a receiver's Retry-After is granted. */
const LONGEST_MS = 24 * HOUR;

export function isReceived(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * Milliseconds until the next attempt, or null when that was the last one. Up to a fifth is added at random, so that a
 * receiver that comes back is not met by everything at once. A Retry-After can only make it later.
 * @param failed attempts so far, all failed, at least one
 * @param random from 0 to 1
 */
export function retryDelay(failed: number, retryAfterSeconds: number | null, random: number): number | null {
  const usual = RETRY_AFTER_MS[failed - 1];
  if (usual === undefined) return null;
  const asked = Math.min((retryAfterSeconds ?? 0) * SECOND, LONGEST_MS);
  return Math.round(Math.max(usual * (1 + random / 5), asked));
}

/** Milliseconds until a delivery that found every sending slot taken looks again: soon at first, then less often. */
export function busyDelay(look: number, random: number): number {
  return Math.round(Math.min(30 * SECOND, SECOND * 1.5 ** Math.min(look, 12)) * (1 + random));
}

/** Whether an answer, the so-manyeth failure in a row, switches the webhook off. */
export function causeToDisable(status: number, failures: number): "gone" | "failures" | null {
  if (status === 410) return "gone";
  return failures >= FAILURES_TO_DISABLE ? "failures" : null;
}

/** Why a webhook was switched off, for the agent's owner. */
export function disabledReason(cause: "gone" | "failures"): string {
  return cause === "gone" ? "It answered 410 Gone." : `${FAILURES_TO_DISABLE} attempts in a row failed.`;
}
