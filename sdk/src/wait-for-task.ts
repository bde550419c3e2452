import { PATIENT } from "./backoff.ts";
import type { Client, RequestOptions } from "./client.ts";
import { TimeoutError } from "./errors.ts";
import { isFinal } from "./task-stream.ts";
import type { Task } from "./types/tasks.ts";

export type WaitOptions = {
  signal?: AbortSignal | undefined;
  /** Milliseconds in all. Default one hour, more than a task can live. */
  timeout?: number | undefined;
  /** Milliseconds between two looks. Default 1,000 at first, growing to 5,000. */
  pollInterval?: number | undefined;
  as?: "agent" | "owner" | undefined;
};

const SLOWEST_POLL_MS = 5_000;
/** What one look is given at least, however little of the whole time is left. */
const LOOK_MS = 1_000;

/** Looks at a task until it is final, once at least. A city that is away for a while ends no wait that has time left. */
export async function waitForTask(
  client: Client,
  get: (options: RequestOptions) => Promise<Task>,
  options: WaitOptions = {},
): Promise<Task> {
  const { sleep, now } = client.transport;
  const timeout = options.timeout ?? 3_600_000;
  const end = now() + timeout;
  let pause = options.pollInterval ?? 1_000;
  while (true) {
    const timeLeft = Math.max(LOOK_MS, Math.min(PATIENT.timeout, end - now()));
    const task = await get({ ...PATIENT, timeout: timeLeft, signal: options.signal, as: options.as });
    if (isFinal(task.status)) return task;
    if (now() + pause >= end) {
      const message = `Task ${task.id} is still ${task.status} after ${timeout} ms.`;
      throw new TimeoutError(message, { status: 0, code: "TIMEOUT", details: { status: task.status } });
    }
    await sleep(pause, options.signal);
    if (options.pollInterval === undefined) pause = Math.min(SLOWEST_POLL_MS, pause * 1.25);
  }
}
