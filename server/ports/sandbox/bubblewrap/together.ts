/** Runs short programs of root's, as many as are asked for at a time in one shell. */

import { shellQuote } from "../../../kernel/shell-quote.ts";
import { launcher } from "./launcher.ts";

type Step = { readonly line: string; resolve(): void; reject(error: Error): void };

const TIMEOUT_MS = 30_000;
const OUTPUT_BYTES = 64 * 1024;
/** Keeps the shell's argument far below the kernel's limit of 128 kB. */
const AT_MOST = 100;

/**
 * One shell runs at a time; what is asked for meanwhile goes together into the next. A shell starts a program for a
 * fraction of what it costs the launcher, and twenty sandboxes at once would otherwise be twenty such starts.
 */
export class Together {
  private waiting: Step[] = [];
  private busy = false;

  /** @throws Error when the program failed, with what was said. */
  run(program: string, ...args: readonly string[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting.push({ line: [program, ...args].map(shellQuote).join(" "), resolve, reject });
    if (!this.busy) void this.work();
    return promise;
  }

  private async work(): Promise<void> {
    this.busy = true;
    while (this.waiting.length > 0) {
      const steps = this.waiting.splice(0, AT_MOST);
      await runAll(steps).catch((error: Error) => {
        for (const step of steps) step.reject(error);
      });
    }
    this.busy = false;
  }
}

async function runAll(steps: readonly Step[]): Promise<void> {
  const script = steps.map(({ line }) => `${line} >&2\necho $?`).join("\n");
  const run = await launcher.run("/bin/sh", ["-c", script], { timeoutMs: TIMEOUT_MS, outputBytes: OUTPUT_BYTES });
  const codes = run.stdout.toString().split("\n");
  for (const [i, { line, resolve, reject }] of steps.entries()) {
    if (codes[i] === "0") resolve();
    else reject(new Error(`${line} ended with ${codes[i] || "nothing"}: ${run.stderr.toString().trim()}`));
  }
}
