import type { Logger } from "pino";

/** Structured log; the first argument carries the facts, the second says what happened. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error"> & { child(facts: Record<string, unknown>): Log };
