import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Pool } from "pg";
import type { Log } from "#server/kernel/log.ts";
import { createStandInApp } from "./app.ts";
import { startJobs } from "./jobs.ts";
import { createSchema } from "./schema.ts";
import { changeSettings, type StandInSettings } from "./settings.ts";
import type { World } from "./world.ts";

export type StripeStandInOptions = {
  /** Must be false: it is asked for so that nobody forgets to say. */
  production: boolean;
  /** Where its state lives, in a schema of its own. A pool that is passed in is left open at the end. */
  database: { pool: Pool } | { url: string };
  /** 0 takes a free one. It listens on 127.0.0.1 only. */
  port: number;
  /** Where signed events go, and the secret (`whsec_…`) they are signed with. */
  webhookUrl: string;
  webhookSecret: string;
  /** `sk_test_…`; the API and the control door ask for it. */
  secretKey: string;
  log: Log;
  /** Origin of the hosted pages as the browser reaches it; its own address when left out. */
  publicUrl?: string;
  /** Unix milliseconds for `created` and for expiry; the test clock, where there is one. */
  now?: () => number | Promise<number>;
  /** Changes to how it behaves, written over what it remembers. */
  settings?: Partial<StandInSettings>;
  /** Milliseconds before each further attempt at a delivery. */
  retryDelaysMs?: readonly number[];
};

export type StripeStandIn = { url: string; stop: () => Promise<void> };

const RETRY_DELAYS_MS = [1000, 2000, 5000, 15_000, 60_000, 300_000, 1_800_000, 3_600_000];

/**
 * Starts the local Stripe stand-in. Throws in production, for a live key, and when the port is taken. State survives
 * restarts; events that were not accepted are sent again after the next start.
 */
export async function startStripeStandIn(options: StripeStandInOptions): Promise<StripeStandIn> {
  refuseRealMoney(options);
  const pool = "pool" in options.database ? options.database.pool : ownPool(options.database.url, options.log);
  const closePool = async () => {
    if (!("pool" in options.database)) await pool.end();
  };
  try {
    await createSchema(pool);
    await changeSettings(pool, options.settings ?? {});
    const world: World = {
      pool,
      log: options.log,
      secretKey: options.secretKey,
      webhookUrl: options.webhookUrl,
      webhookSecret: options.webhookSecret,
      publicUrl: options.publicUrl ?? "",
      now: async () => Math.floor((options.now ? await options.now() : Date.now()) / 1000),
      retryDelaysMs: options.retryDelaysMs ?? RETRY_DELAYS_MS,
      wake: () => {},
    };
    const app = createStandInApp(world);
    const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
    const url = await listen(server, options.port);
    world.publicUrl ||= url;
    const jobs = await startJobs(world).catch(async (error) => {
      await close(server);
      throw error;
    });
    world.wake = jobs.wake;
    options.log.info({ url }, "Stripe stand-in started; no real money");
    return {
      url,
      stop: async () => {
        await close(server);
        await jobs.stop();
        await closePool();
      },
    };
  } catch (error) {
    await closePool();
    throw error;
  }
}

function refuseRealMoney(options: StripeStandInOptions): void {
  if (options.production) {
    throw new Error("The Stripe stand-in does not run in production. Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET.");
  }
  if (!options.secretKey.startsWith("sk_test_")) throw new Error("The Stripe stand-in takes an sk_test_… key only.");
}

function ownPool(connectionString: string, log: Log): Pool {
  const pool = new Pool({ connectionString, max: 6, statement_timeout: 15_000, application_name: "stripe-stand-in" });
  // An idle connection that breaks (the database restarts) must not end the process.
  pool.on("error", (error) => log.warn({ error }, "stripe stand-in: lost a database connection"));
  return pool;
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
