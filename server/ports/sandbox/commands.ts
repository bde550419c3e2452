import { CityError, wrongField } from "../../kernel/errors.ts";
import type { ExecResult } from "../sandbox.ts";

const MAX_COMMAND_BYTES = 64 * 1024;

/** @throws VALIDATION_ERROR for a command line that no shell could take. */
export function checkCommand(command: string): void {
  if (command.trim() === "") throw wrongField("command", "Is empty.");
  if (command.includes("\0")) throw wrongField("command", "Contains a NUL character.");
  if (Buffer.byteLength(command) > MAX_COMMAND_BYTES) {
    throw wrongField("command", `Is longer than ${MAX_COMMAND_BYTES} bytes.`);
  }
}

/** @throws CONFLICT for a command that comes too late. */
export function refuseClosed(closed: AbortSignal): void {
  if (closed.aborted)
    throw new CityError("CONFLICT", "The sandbox is closed: its work was delivered, or it was given back.");
}

/** The seal did not come to stand, so there was no command in it: another try is harmless, and none is told of. */
export function notBegun(message: string, log: Record<string, unknown>): CityError {
  return new CityError("UNAVAILABLE", message, { retryAfter: 1, details: { reason: "not_begun" }, log });
}

/** What is told of a command that `close` ended: nothing of what it said, for its caller may see the code no more. */
export function endedByClose(durationMs: number): ExecResult {
  return { exitCode: 137, stdout: "", stderr: "", durationMs, timedOut: false, truncated: true };
}
