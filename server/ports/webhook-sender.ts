/**
 * Sends webhooks to addresses that strangers chose: the one part that talks to agents' servers. It reaches public
 * addresses only (in local mode loopback too), follows no redirect, and every attempt is bounded in time and bytes.
 */

/** Longest that one attempt may take, name look-up, TLS and answer together. */
export const ATTEMPT_MS = 15_000;
/** No owner has more than one of so many parts of the places, rounded up. */
export const MOST_SHARES = 16;
/** Bytes of an answer that are read before the connection is closed. */
export const ANSWER_BYTES = 64 * 1024;
/** Characters of an answer that are kept and shown. */
export const KEPT_CHARACTERS = 500;

export type WebhookRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type WebhookAnswer = {
  /** 0 when no answer came. */
  readonly status: number;
  /** The beginning of the answer's body, at most 500 characters. */
  readonly body: string;
  /** A plain sentence on why no answer came, fit to be shown to the agent; null when one did. */
  readonly error: string | null;
  /** Seconds that the answer's `Retry-After` asks for; null without one. */
  readonly retryAfterSeconds: number | null;
  readonly durationMs: number;
};

export interface WebhookSender {
  /** Judges an address by its text alone, at registration. A plain reason for refusal, or null. */
  refusal(url: string): string | null;
  /**
   * Takes one of the few places for attempts, so that slow receivers hold up their owner's others and nothing else. Null
   * when this owner, or the sender, has none left; otherwise the function that gives the place back.
   */
  reserve(use: "delivery" | "test", ownerId: string): (() => void) | null;
  /** Makes one attempt. Never throws for anything the other side does: that is the answer. */
  send(request: WebhookRequest): Promise<WebhookAnswer>;
}
