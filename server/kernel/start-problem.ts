/** Why the city, or a command, cannot start: in words for the person at the terminal, who needs no stack. */
export class StartProblem extends Error {
  override name = "StartProblem";
}

/** What a terminal shows of a failure. */
export function inTerminal(error: unknown): string {
  if (error instanceof StartProblem) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
