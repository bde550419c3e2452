import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Log } from "#server/kernel/log.ts";

export type KeptConnection = { close(): Promise<void> };

type Options = {
  config: pg.ClientConfig;
  log: Log;
  /** What it is for, as the log says it: "for live events". */
  purpose: string;
  /** What every new connection does before it counts, such as taking a lock or listening. */
  prepare(client: pg.Client): Promise<void>;
  /** One that was lost has been replaced. */
  renewed?(): void;
};

/** So that a partner which has vanished without a word is noticed in half a minute, here and, by the settings, there. */
const CONNECT_MS = 10_000;
const KEEPALIVES = "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 4";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * A connection of one's own, for what lasts as long as a connection does. One that is lost is made anew, until `close`.
 * @throws what the first connection or its `prepare` throws; later failures are tried again.
 */
export async function keepConnection({ config, log, purpose, prepare, renewed }: Options): Promise<KeptConnection> {
  const stop = new AbortController();
  let client: pg.Client;
  let over = await connect();
  const keeping = keep();

  /** @returns what resolves when the connection has ended: "end" follows every error, and is what is acted on. */
  async function connect(): Promise<{ ended: Promise<void> }> {
    client = new pg.Client({ connectionTimeoutMillis: CONNECT_MS, keepAlive: true, ...config });
    const ended = new Promise<void>((resolve) => client.once("end", () => resolve()));
    client.on("error", () => {});
    try {
      // One that is closed in its handshake never says so to whoever waits for the handshake.
      await Promise.race([client.connect(), ended.then(() => Promise.reject(new Error("closed while connecting")))]);
      await client.query(KEEPALIVES);
      await prepare(client);
      return { ended };
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }

  async function keep(): Promise<void> {
    while (true) {
      await over.ended;
      if (stop.signal.aborted) return;
      log.warn({}, `the connection ${purpose} was lost; connecting again`);
      if (!(await reconnect())) return;
      renewed?.();
    }
  }

  /** Tries until it works; false when it is closed meanwhile. */
  async function reconnect(): Promise<boolean> {
    for (let wait = FIRST_PAUSE_MS; !stop.signal.aborted; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      try {
        over = await connect();
        return true;
      } catch (error) {
        log.warn({ error: String(error) }, `no connection ${purpose} yet`);
        await pause(wait, undefined, { signal: stop.signal }).catch(() => {});
      }
    }
    return false;
  }

  return {
    async close() {
      stop.abort();
      // Also ends a connection that is being made and waits for something.
      await client.end().catch(() => {});
      await keeping;
    },
  };
}
