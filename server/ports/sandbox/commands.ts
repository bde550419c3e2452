import { CityError } from "../../kernel/errors.ts";

const MAX_COMMAND_BYTES = 64 * 1024;

/** @throws VALIDATION_ERROR for a command line that no shell could take. */
export function checkCommand(command: string): void {
  if (command.trim() === "") throw new CityError("VALIDATION_ERROR", "The command is empty.");
  if (command.includes("\0")) throw new CityError("VALIDATION_ERROR", "The command contains a NUL character.");
  if (Buffer.byteLength(command) > MAX_COMMAND_BYTES) {
    throw new CityError("VALIDATION_ERROR", `The command is longer than ${MAX_COMMAND_BYTES} bytes.`);
  }
}
