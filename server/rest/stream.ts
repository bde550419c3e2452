import type { Ctx } from "../context.ts";
import { NOTHING_TO_COME } from "../kernel/streams.ts";
import { callProcedure, type Route } from "./routes.ts";

/** What every item of a stream has; all of it is sent as the event's data. */
type Item = { id: string; type: string };

export type StreamOptions = {
  /** Milliseconds of silence after which a comment is sent. */
  heartbeatMs?: number;
  /** Milliseconds after which the stream ends and the client comes back, with a credential that is checked anew. */
  lifetimeMs?: number;
};

/** Proxies give up on silence after 30 s and more; the contract says at most 15 s. */
const HEARTBEAT_MS = 14_000;
const LIFETIME_MS = 10 * 60_000;
/** What clients wait before they come back, in milliseconds. */
const RETRY_MS = 1_000;

const HEARTBEAT = Symbol("heartbeat");

/** Opens the stream that an operation declares. The header Last-Event-ID, which browsers send, is part of its input. */
export function answerStream(route: Route, ctx: Ctx, input: unknown, request: Request): Promise<Response> {
  const last = request.headers.get("last-event-id");
  const given = last ? { ...(input as object), lastEventId: last } : input;
  const open = (signal: AbortSignal) => callProcedure(route, ctx, given, signal) as Promise<AsyncIterable<Item, void>>;
  return streamItems(open, request.signal);
}

/**
 * Sends items as server-sent events. Items are asked for one at a time and only when the client has taken what came
 * before, so a slow reader costs one item of memory. 204 when there is nothing more to come.
 */
export async function streamItems(
  open: (signal: AbortSignal) => Promise<AsyncIterable<Item, void>>,
  request: AbortSignal,
  { heartbeatMs = HEARTBEAT_MS, lifetimeMs = LIFETIME_MS }: StreamOptions = {},
): Promise<Response> {
  const over = new AbortController();
  const end = () => over.abort();
  request.addEventListener("abort", end, { once: true });
  const life = setTimeout(end, lifetimeMs);
  let items: AsyncIterator<Item, void> | undefined;
  const close = () => {
    clearTimeout(life);
    request.removeEventListener("abort", end);
    over.abort();
    void items?.return?.().catch(() => {});
  };
  try {
    if (request.aborted) over.abort();
    const source = await open(over.signal);
    if (source === NOTHING_TO_COME) {
      close();
      return new Response(null, { status: 204 });
    }
    items = source[Symbol.asyncIterator]();
    return new Response(makeBody(items, heartbeatMs, close), { headers: HEADERS });
  } catch (error) {
    close();
    throw error;
  }
}

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  // Asks nginx not to collect what should be seen at once.
  "x-accel-buffering": "no",
};

function makeBody(
  items: AsyncIterator<Item, void>,
  heartbeatMs: number,
  close: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<Item, void>> | undefined;
  let opened = false;
  const chunk = async (): Promise<string | null> => {
    if (!opened) {
      opened = true;
      return `retry: ${RETRY_MS}\n\n`;
    }
    next ??= items.next();
    const result = await orHeartbeat(next, heartbeatMs);
    if (result === HEARTBEAT) return ": still here\n\n";
    next = undefined;
    return result.done ? null : format(result.value);
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const text = await chunk();
          if (text !== null) return controller.enqueue(encoder.encode(text));
          close();
          controller.close();
        } catch (error) {
          close();
          throw error;
        }
      },
      cancel: close,
    },
    // Nothing is asked for before the client has taken what came before.
    { highWaterMark: 0 },
  );
}

function format(item: Item): string {
  return `id: ${item.id}\nevent: ${item.type}\ndata: ${JSON.stringify(item)}\n\n`;
}

/** Whatever comes first: the next item, or the time for a sign of life. */
async function orHeartbeat<T>(next: Promise<T>, ms: number): Promise<T | typeof HEARTBEAT> {
  const { promise, resolve } = Promise.withResolvers<typeof HEARTBEAT>();
  const timer = setTimeout(() => resolve(HEARTBEAT), ms);
  return Promise.race([next, promise]).finally(() => clearTimeout(timer));
}
