import type { Log } from "#server/kernel/log.ts";

const nothing = () => {};

/** A log that keeps what happened to itself. */
export const quiet = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => quiet,
} as unknown as Log;
