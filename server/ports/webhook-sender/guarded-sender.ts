import type { IncomingMessage } from "node:http";
import type { LookupFunction } from "node:net";
import { makePlaces } from "../../kernel/places.ts";
import { AddressRefused, guardedRequest } from "../outgoing-http/guarded-request.ts";
import {
  ANSWER_BYTES,
  ATTEMPT_MS,
  KEPT_CHARACTERS,
  MOST_SHARES,
  type WebhookRequest,
  type WebhookSender,
} from "../webhook-sender.ts";
import { readWebhookUrl } from "./webhook-url.ts";

export type SenderOptions = {
  /** Local mode: http and loopback are allowed. */
  local: boolean;
  /** Attempts of deliveries under way together; 4 unless told. */
  attemptsAtOnce?: number;
  /** Milliseconds for one attempt. */
  attemptMs?: number;
  /** Tests replace it to answer as a hostile resolver would. */
  lookup?: LookupFunction;
};

/**
 * The real sender. Attempts are bounded, so slow receivers never stop the city, and those of each owner more narrowly, so
 * that few owners, however many agents they have, never stop the others.
 */
export function guardedWebhookSender(options: SenderOptions): WebhookSender {
  const { local, attemptsAtOnce = 4, attemptMs = ATTEMPT_MS, lookup } = options;
  const places = {
    delivery: makePlaces({ total: attemptsAtOnce, perKey: Math.ceil(attemptsAtOnce / MOST_SHARES) }),
    test: makePlaces({ total: 16, perKey: 2 }),
  };
  return {
    refusal(url) {
      const read = readWebhookUrl(url, local);
      return "refusal" in read ? read.refusal : null;
    },
    reserve: (use, ownerId) => places[use](ownerId),
    async send(request) {
      const started = performance.now();
      const signal = AbortSignal.timeout(attemptMs);
      try {
        const response = await open(request, { local, signal, lookup });
        const body = await readStart(response);
        const { statusCode = 0, headers } = response;
        const retryAfterSeconds = readRetryAfter(headers["retry-after"]);
        return { status: statusCode, body, error: null, retryAfterSeconds, durationMs: since(started) };
      } catch (error) {
        const why = explain(error, signal.aborted, attemptMs);
        return { status: 0, body: "", error: why, retryAfterSeconds: null, durationMs: since(started) };
      }
    },
  };
}

type OpenOptions = { local: boolean; signal: AbortSignal; lookup: LookupFunction | undefined };

function open(request: WebhookRequest, { local, signal, lookup }: OpenOptions): Promise<IncomingMessage> {
  // Judged again at each attempt: the rules, or the mode, may have changed since the registration.
  const read = readWebhookUrl(request.url, local);
  if ("refusal" in read) throw new AddressRefused(read.refusal);
  return guardedRequest(read.url, {
    method: "POST",
    headers: request.headers,
    body: Buffer.from(request.body),
    signal,
    trusted: read.loopback,
    ...(lookup && { lookup }),
  });
}

/**
 * The beginning of an answer. Its status is what counts and is known by now, so a body that never ends, or breaks off,
 * is simply cut.
 */
async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= ANSWER_BYTES) break;
    }
  } catch {
    // The deadline or the other side ended it.
  } finally {
    response.destroy();
  }
  const text = Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString("utf8");
  return text.replaceAll("\u0000", "").slice(0, KEPT_CHARACTERS).toWellFormed();
}

function readRetryAfter(header: string | undefined): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1_000));
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: "The connection was refused.",
  ECONNRESET: "The connection was closed without an answer.",
  ENOTFOUND: "The host name is not known.",
  EAI_AGAIN: "The host name could not be looked up.",
  EHOSTUNREACH: "The host could not be reached.",
  ENETUNREACH: "The host could not be reached.",
  CERT_HAS_EXPIRED: "The certificate has expired.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The certificate is self-signed.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The certificate is for another host.",
};

function explain(error: unknown, timedOut: boolean, attemptMs: number): string {
  if (error instanceof AddressRefused) return error.message;
  if (timedOut) return `No answer within ${Math.round(attemptMs / 1_000)} s.`;
  const code = String((error as { code?: unknown } | null)?.code ?? "");
  return REASONS[code] ?? "The request failed.";
}

function since(started: number): number {
  return Math.round(performance.now() - started);
}
