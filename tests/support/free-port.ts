import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below what systems give to outgoing connections: one of those could take a port from there in the next moment. */
const [FROM, TO] = [10_000, 32_000];

/** A loopback port that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  const port = randomInt(FROM, TO);
  return (await isFree(port)) ? port : freePort();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
