/**
 * Program of the launcher: a small process that starts others for the server. Starting a program copies the page tables
 * of whoever starts it, so a server of 500 MB would stand still for 20 ms each time. It ends with the server.
 */
import type { Ask, Reply } from "./launcher.ts";
import { runCapped } from "./run-capped.ts";
import { writeTree } from "./write-tree.ts";

const running = new Map<number, AbortController>();

function tell(reply: Reply): void {
  if (process.connected) process.send?.(reply);
}

async function answer(ask: Ask): Promise<unknown> {
  if (ask.do === "write tree") return writeTree(ask.tree);
  if (ask.do === "end") return running.get(ask.which)?.abort();
  const ending = new AbortController();
  running.set(ask.id, ending);
  return runCapped(ask.program, ask.args, ask.options, ending.signal).finally(() => running.delete(ask.id));
}

process.on("message", (ask: Ask) => {
  // A promise from the start, so that what is thrown at once comes back like the rest.
  Promise.resolve(ask)
    .then(answer)
    .then(
      (value) => tell({ id: ask.id, value }),
      (error: NodeJS.ErrnoException) => tell({ id: ask.id, error: error.message, code: error.code }),
    );
});
process.on("disconnect", () => process.kill(-process.pid, "SIGKILL"));
process.umask(0o022);
