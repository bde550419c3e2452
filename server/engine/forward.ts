import type { Inngest } from "inngest";
import type { EngineEvent } from "./runs.ts";
import { startWorker, type Worker, type WorkerOptions } from "./worker.ts";

/**
 * The queue's worker for a city that runs under Inngest itself: the same jobs that the embedded engine takes are
 * handed to Inngest, under the event's id, by which Inngest drops a repeated one.
 */
export async function forwardEvents(options: WorkerOptions & { inngest: Inngest }): Promise<Worker> {
  return startWorker(options, async () => ({
    async event(payload) {
      const { id, name, data, ts } = payload as EngineEvent;
      await options.inngest.send({ id, name, data: data as Record<string, unknown>, ts });
    },
  }));
}
