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

/** Reads a task's events, opening the stream again after the last event seen whenever it breaks. */
export async function* streamTask(
  client: Client,
  call: Call,
  options: StreamOptions = {},
): AsyncGenerator<TaskEvent, void, void> {
  const { transport } = client;
  let last = options.lastEventId;
  let pause: number | undefined;
  let failures = 0;
  while (true) {
    let broken: unknown;
    failures += 1;
    const connection = new AbortController();
    const onAbort = () => connection.abort(options.signal?.reason);
    if (options.signal?.aborted) throw options.signal.reason;
    options.signal?.addEventListener("abort", onAbort, { once: true });
    const silence = silenceTimer(options.silence ?? 45_000, connection);
    try {
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      if (last !== undefined) headers["Last-Event-ID"] = last;
      const response = await client.open(call, headers, connection.signal);
      if (response.status === 204 || !response.body) return;
      const sign = () => {
        failures = 0;
        silence.again();
      };
      for await (const message of readMessages(response.body, sign, (ms) => (pause = ms))) {
        if (message.id !== "") last = message.id;
        const event = readEvent(message);
        yield event;
        if (event.status && isFinal(event.status)) return;
      }
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      const refused = error instanceof AgentCityError && error.status > 0 && error.status < 500 && error.status !== 429;
      if (refused || error instanceof SyntaxError) throw error;
      broken = error;
    } finally {
      silence.stop();
      options.signal?.removeEventListener("abort", onAbort);
      connection.abort();
    }
    // Also one that is opened and closed again without a word, which no error tells of.
    if (failures > (options.reconnects ?? 12)) throw asNetworkError(broken);
    const asked = broken instanceof RateLimitError ? broken.retryAfter * 1000 : 0;
    const wait = Math.max(pause ?? 0, asked, backoff(Math.max(0, failures - 1), transport.random));
    await transport.sleep(wait, options.signal);
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
