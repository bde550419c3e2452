type Reason = "task_gone" | "shutting_down" | "sandbox_lost" | "result_refused";

const MESSAGES: Record<Reason, string> = {
  task_gone: "The task is no longer this agent's.",
  shutting_down: "The agent is shutting down.",
  sandbox_lost: "The sandbox was lost.",
  result_refused: "The city refused the result:",
};

/** Why work came to nothing without failing by itself: what its signal is aborted with, and what the city is told. */
export class WorkStopped extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, { detail, cause }: { detail?: string; cause?: unknown } = {}) {
    super(detail === undefined ? MESSAGES[reason] : `${MESSAGES[reason]} ${detail}`, { cause });
    this.name = "WorkStopped";
    this.reason = reason;
  }
}

export function isStopped(error: unknown, reason: Reason): boolean {
  return error instanceof WorkStopped && error.reason === reason;
}

/** A controller that is aborted along with the signal, and may be aborted before it. */
export function following(signal: AbortSignal): AbortController {
  const controller = new AbortController();
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener("abort", follow, { once: true });
  return controller;
}

/** Rejects when the signal is aborted, never resolves. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
