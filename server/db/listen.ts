import type { Log } from "#server/kernel/log.ts";
import { keepConnection } from "./kept-connection.ts";

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

/**
 * Hears of every stored task event over one connection of its own, however many wait for one. A lost connection is made
 * anew; what happened meanwhile is caught up by waking everybody. While nothing happens it does nothing.
 */
export async function listenForTasks({ url, log }: { url: string; log: Log }): Promise<TaskSignal> {
  const watchers = new Map<string, Set<() => void>>();
  const stop = new AbortController();
  const wake = (taskId: string) => {
    for (const each of watchers.get(taskId) ?? []) each();
  };
  const wakeAll = () => {
    for (const taskId of watchers.keys()) wake(taskId);
  };

  const connection = await keepConnection({
    config: { connectionString: url, application_name: "ai-city live events" },
    log,
    purpose: "for live events",
    async prepare(client) {
      // The payload is `<task id>:<event id>`.
      client.on("notification", ({ payload = "" }) => wake(payload.slice(0, payload.indexOf(":"))));
      await client.query(`listen ${CHANNEL}`);
    },
    renewed: wakeAll,
  });

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
      stop.abort();
      await connection.close();
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
