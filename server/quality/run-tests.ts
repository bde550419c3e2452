import type { Sandbox } from "#server/ports/sandbox.ts";
import { readCounts, type TestCommand, type TestCounts } from "./repo-tests.ts";

/** What a run of the tests came to: counts, or why there are none. */
export type Run =
  | TestCounts
  | "there was no time"
  | "the sandbox was lost"
  | "a program they need is missing"
  | "they did not end in time";

/** Summaries of test runners stand at the end of what they print. */
const TAIL_BYTES = 64 * 1024;
/** The shell's codes for a program that is not there or cannot be started. */
const NOT_STARTED = new Set([126, 127]);

/** Runs a repository's tests in its sandbox, as its author would. */
export async function runTests(sandbox: Sandbox, { command }: TestCommand, timeoutMs: number): Promise<Run> {
  if (timeoutMs <= 0) return "there was no time";
  const line = `export CI=1; set -o pipefail; { ${command}\n} 2>&1 < /dev/null | tail -c ${TAIL_BYTES}`;
  const run = await sandbox.exec(line, { timeoutMs: Math.ceil(timeoutMs) });
  if (run.timedOut) return "they did not end in time";
  if (NOT_STARTED.has(run.exitCode)) return "a program they need is missing";
  return readCounts(run.stdout, run.exitCode);
}
