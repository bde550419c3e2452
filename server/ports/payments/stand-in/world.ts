import type { Pool, PoolClient } from "pg";
import type { Log } from "#server/kernel/log.ts";
import { readSettings, type StandInSettings } from "./settings.ts";

/** What the running stand-in consists of. */
export type World = {
  pool: Pool;
  log: Log;
  secretKey: string;
  webhookUrl: string;
  webhookSecret: string;
  /** Origin of the hosted pages, as the browser reaches it. */
  publicUrl: string;
  /** Unix seconds for `created` and expiry. Signatures use the real clock, because their reader does. */
  now: () => Promise<number>;
  /** Milliseconds before the next attempt at a delivery, one an attempt; the last one repeats. */
  retryDelaysMs: readonly number[];
  /** Tells the job loop that there may be something to do. */
  wake: () => void;
};

/** The platform's own account, in columns that elsewhere hold an `acct_…`. */
export const PLATFORM = "";

/** One unit of work: a request, a form post or a job, in one transaction. */
export type Call = {
  world: World;
  db: PoolClient;
  now: number;
  /** Whose objects it works on: `PLATFORM`, or a connected account's id. */
  account: string;
  requestId: string | null;
  idempotencyKey: string | null;
  apiVersion: string;
  /** Ids of the events it caused. */
  events: string[];
  /** Leaves delivery to the caller. */
  holdEvents: boolean;
  settings: StandInSettings;
  /** Whether anything was asked to go wrong; without it nobody needs to look what. */
  faults: boolean;
  /** Whether it left something for the job loop to do. */
  queued: { jobs: boolean };
};

/** The version the pinned `stripe` package speaks; answers are shaped after it. */
export const API_VERSION = "2026-10-28.endive";

type CallFacts = Partial<Pick<Call, "account" | "requestId" | "idempotencyKey" | "apiVersion" | "holdEvents">>;

/** Runs `work` in one transaction; the job loop is woken once it is committed, if there is something for it. */
export async function inCall<T>(world: World, work: (call: Call) => Promise<T>, facts: CallFacts = {}): Promise<T> {
  const now = await world.now();
  const db = await world.pool.connect();
  const queued = { jobs: false };
  let broken: Error | undefined;
  try {
    await db.query("begin");
    const { settings, faults } = await readSettings(db);
    const result = await work({
      world,
      db,
      now,
      account: facts.account ?? PLATFORM,
      requestId: facts.requestId ?? null,
      idempotencyKey: facts.idempotencyKey ?? null,
      apiVersion: facts.apiVersion ?? API_VERSION,
      events: [],
      holdEvents: facts.holdEvents ?? false,
      settings,
      faults,
      queued,
    });
    await db.query("commit");
    return result;
  } catch (error) {
    await db.query("rollback").catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    db.release(broken);
    if (queued.jobs) world.wake();
  }
}
