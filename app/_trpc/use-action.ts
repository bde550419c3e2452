"use client";
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import type { Once } from "./client.ts";
import { isOutcomeUnknown, type Problem, problemOf } from "./problem.ts";

type Options<O> = { onDone?: (output: O) => void | Promise<void>; onProblem?: (problem: Problem) => void };
type Attempt = { input: string; key: string };

/**
 * One thing a person does: runs it, says that it runs, and turns a failure into a sentence and marked fields. It runs
 * once at a time, whatever is pressed. Work that must not happen twice passes `once` on: then trying the same again after
 * no answer goes on with the first try.
 */
export function useAction<I, O>(work: (input: I, once: Once) => Promise<O>, { onDone, onProblem }: Options<O> = {}) {
  const running = useRef(false);
  const attempt = useRef<Attempt | null>(null);
  const mutation = useMutation({
    mutationFn: (input: I) => {
      attempt.current = attemptFor(input, attempt.current);
      return work(input, { context: { idempotencyKey: attempt.current.key } });
    },
    onSuccess: (output) => {
      attempt.current = null;
      return onDone?.(output);
    },
    onError: (error) => {
      const failed = problemOf(error);
      if (!isOutcomeUnknown(failed)) attempt.current = null;
      onProblem?.(failed);
    },
    onSettled: () => {
      running.current = false;
    },
  });
  const problem = mutation.error ? problemOf(mutation.error) : null;
  return {
    /** Starts it; `onSuccess` is for what only this one call is followed by. */
    run: (...call: Parameters<typeof mutation.mutate>) => {
      if (running.current) return;
      running.current = true;
      mutation.mutate(...call);
    },
    pending: mutation.isPending,
    done: mutation.isSuccess,
    output: mutation.data,
    problem,
    fields: problem?.fields ?? {},
    /** Forgets what came of it; what still runs goes on and is shown. */
    reset: () => {
      if (!running.current) mutation.reset();
    },
  };
}

/** The earlier try, while what became of it is unknown and the same is asked again; else a new one. */
function attemptFor(input: unknown, earlier: Attempt | null): Attempt {
  const text = JSON.stringify(input) ?? "";
  return earlier?.input === text ? earlier : { input: text, key: crypto.randomUUID() };
}
