import { backoff, startTimer } from "./backoff.ts";
import type { Call, Client } from "./client.ts";
import { AgentCityError, NetworkError, RateLimitError } from "./errors.ts";
import { readMessages, type StreamMessage } from "./event-stream.ts";
import type { TaskEvent, TaskStatus } from "./types/tasks.ts";

export type StreamOptions = {
  signal?: AbortSignal | undefined;
  /** The `id` of the last event you have seen: the stream goes on after it. */
  lastEventId?: string | undefined;
  /** Connections in a row that may fail without one sign of life. Default 12, which is about a minute. */
  reconnects?: number | undefined;
  /** Milliseconds of silence after which the connection counts as dead; the city sends a sign every 15 s. */
  silence?: number | undefined;
  as?: "agent" | "owner" | undefined;
};

const FINAL: readonly TaskStatus[] = ["completed", "failed", "refunded"];
const STATUSES: readonly string[] = ["submitted", "routing", "executing", "quality_check", ...FINAL];

export function isFinal(status: TaskStatus): boolean {
  return FINAL.includes(status);
}

/** What outlasts a connection. */
type Progress = {
  last: string | undefined;
  /** Milliseconds that the city asks for between two connections. */
  pause: number;
  /** Connections in a row without a sign of life. */
  failures: number;
};

/** Reads a task's events, opening the stream again after the last event seen whenever it breaks. */
export async function* streamTask(
  client: Client,
  call: Call,
  options: StreamOptions = {},
): AsyncGenerator<TaskEvent, void, void> {
  const { transport } = client;
  const progress: Progress = { last: options.lastEventId, pause: 0, failures: 0 };
  while (true) {
    let broken: unknown;
    progress.failures += 1;
    try {
      if (yield* readConnection(client, call, options, progress)) return;
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      const refused = error instanceof AgentCityError && error.status > 0 && error.status < 500 && error.status !== 429;
      if (refused || error instanceof SyntaxError) throw error;
      broken = error;
    }
    // Also one that is opened and closed again without a word, which no error tells of.
    if (progress.failures > (options.reconnects ?? 12)) throw asNetworkError(broken);
    const asked = broken instanceof RateLimitError ? broken.retryAfter * 1000 : 0;
    const wait = Math.max(progress.pause, asked, backoff(Math.max(0, progress.failures - 1), transport.random));
    await transport.sleep(wait, options.signal);
  }
}

/**
 * One connection, until the city closes it. The city goes on after a final status with what is known to follow it (a
 * refund after `completed`), so its end is the city's to say. Returns whether that end was the story's.
 */
async function* readConnection(
  client: Client,
  call: Call,
  options: StreamOptions,
  progress: Progress,
): AsyncGenerator<TaskEvent, boolean, void> {
  options.signal?.throwIfAborted();
  const connection = new AbortController();
  const onAbort = () => connection.abort(options.signal?.reason);
  options.signal?.addEventListener("abort", onAbort, { once: true });
  const silence = silenceTimer(options.silence ?? 45_000, connection);
  let final = false;
  try {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (progress.last !== undefined) headers["Last-Event-ID"] = progress.last;
    const response = await client.open(call, headers, connection.signal);
    if (response.status === 204 || !response.body) return true;
    const sign = () => {
      progress.failures = 0;
      silence.again();
    };
    const onRetry = (ms: number) => {
      progress.pause = ms;
    };
    for await (const message of readMessages(response.body, sign, onRetry)) {
      if (message.id !== "") progress.last = message.id;
      const event = readEvent(message);
      final ||= event.status !== null && isFinal(event.status);
      yield event;
    }
    return final;
  } finally {
    silence.stop();
    options.signal?.removeEventListener("abort", onAbort);
    connection.abort();
  }
}

/** Events that change the status bear its name; others happen within one. */
function readEvent(message: StreamMessage): TaskEvent {
  const sent = JSON.parse(message.data) as Partial<TaskEvent>;
  const type = sent.type ?? message.event;
  const status = sent.status ?? (STATUSES.includes(type) ? (type as TaskStatus) : null);
  return { id: message.id, type, at: sent.at ?? "", status, data: sent.data ?? {} };
}

function silenceTimer(ms: number, connection: AbortController) {
  const dead = () =>
    connection.abort(new NetworkError("The stream fell silent.", { status: 0, code: "NETWORK_ERROR" }));
  let timer = startTimer(ms, dead);
  return {
    again: () => {
      clearTimeout(timer);
      timer = startTimer(ms, dead);
    },
    stop: () => clearTimeout(timer),
  };
}

function asNetworkError(error: unknown): AgentCityError {
  if (error instanceof AgentCityError) return error;
  return new NetworkError("The stream broke and could not be resumed.", {
    status: 0,
    code: "NETWORK_ERROR",
    cause: error,
  });
}
