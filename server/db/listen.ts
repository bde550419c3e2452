import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Log } from "#server/kernel/log.ts";

export type TaskSignal = {
  /**
   * Calls `wake` when a task's event was stored, and whenever some may have been missed: the caller then reads what is
   * new from the table. Returns the function that ends it.
   */
  watch(taskId: string, wake: () => void): () => void;
  /** Counts one more stream of this owner; null at the limit, otherwise the function that counts it off again. */
  enter(ownerId: string, limit: number): (() => void) | null;
  /** Aborted when the city stops: everything that waits should end. */
  readonly stopped: AbortSignal;
  close(): Promise<void>;
};

const CHANNEL = "task_event";
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Hears of every stored task event over one connection of its own, however many wait for one. A lost connection is made
 * anew; what happened meanwhile is caught up by waking everybody. While nothing happens it does nothing.
 */
export async function listenForTasks(options: { url: string; log: Log }): Promise<TaskSignal> {
  const watchers = new Map<string, Set<() => void>>();
  const stop = new AbortController();
  const wake = (taskId: string) => {
    for (const each of watchers.get(taskId) ?? []) each();
  };
  const wakeAll = () => {
    for (const taskId of watchers.keys()) wake(taskId);
  };

  let connection = await connect(options.url, wake);
  const keepListening = async () => {
    while (true) {
      await connection.over;
      if (stop.signal.aborted) return;
      options.log.warn({}, "the connection for live events was lost; connecting again");
      const next = await reconnect(options, wake, stop.signal);
      if (!next) return;
      connection = next;
      wakeAll();
    }
  };
  const running = keepListening();

  return {
    stopped: stop.signal,
    watch(taskId, wakeUp) {
      const all = watchers.get(taskId) ?? new Set();
      watchers.set(taskId, all.add(wakeUp));
      return () => {
        all.delete(wakeUp);
        if (all.size === 0 && watchers.get(taskId) === all) watchers.delete(taskId);
      };
    },
    enter: countStreams(),
    async close() {
      if (stop.signal.aborted) return;
      stop.abort();
      await connection.client.end().catch(() => {});
      await running;
    },
  };
}

/** Per process, like the connections it bounds. */
function countStreams(): TaskSignal["enter"] {
  const open = new Map<string, Set<object>>();
  return (ownerId, limit) => {
    const mine = open.get(ownerId) ?? new Set();
    if (mine.size >= limit) return null;
    const one = {};
    open.set(ownerId, mine.add(one));
    return () => {
      mine.delete(one);
      if (mine.size === 0 && open.get(ownerId) === mine) open.delete(ownerId);
    };
  };
}

type Connection = { client: pg.Client; over: Promise<void> };

async function connect(url: string, wake: (taskId: string) => void): Promise<Connection> {
  const client = new pg.Client({ connectionString: url, keepAlive: true, application_name: "ai-city live events" });
  const over = new Promise<void>((resolve) => client.once("end", () => resolve()));
  // "end" follows every error, and is what is acted on.
  client.on("error", () => {});
  // The payload is `<task id>:<event id>`.
  client.on("notification", ({ payload = "" }) => wake(payload.slice(0, payload.indexOf(":"))));
  try {
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    return { client, over };
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

/** Tries until it works, or answers null when the city stops. */
async function reconnect(
  { url, log }: { url: string; log: Log },
  wake: (taskId: string) => void,
  stopped: AbortSignal,
): Promise<Connection | null> {
  for (let wait = FIRST_PAUSE_MS; !stopped.aborted; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    try {
      const connection = await connect(url, wake);
      if (!stopped.aborted) return connection;
      await connection.client.end();
    } catch (error) {
      log.debug({ error: String(error) }, "live events: the database does not answer yet");
      await pause(wait, undefined, { signal: stopped }).catch(() => {});
    }
  }
  return null;
}
