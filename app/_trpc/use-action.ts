"use client";
import { useMutation } from "@tanstack/react-query";
import { type Problem, problemOf } from "./problem.ts";

type Options<O> = { onDone?: (output: O) => void | Promise<void>; onProblem?: (problem: Problem) => void };

/** One thing a person does: runs it, says that it runs, and turns a failure into a sentence and marked fields. */
export function useAction<I, O>(work: (input: I) => Promise<O>, { onDone, onProblem }: Options<O> = {}) {
  const mutation = useMutation({
    mutationFn: work,
    onSuccess: (output) => onDone?.(output),
    onError: (error) => onProblem?.(problemOf(error)),
  });
  const problem = mutation.error ? problemOf(mutation.error) : null;
  return {
    /** Starts it; `onSuccess` is for what only this one call is followed by. */
    run: mutation.mutate,
    pending: mutation.isPending,
    done: mutation.isSuccess,
    output: mutation.data,
    problem,
    fields: problem?.fields ?? {},
    reset: mutation.reset,
  };
}
