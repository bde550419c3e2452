import type { Pool } from "pg";
import { Prisma, type PrismaClient } from "#prisma";
import type { Actor } from "./auth/actor.ts";
import { type Db, isTransaction } from "./db/client.ts";
import type { TaskSignal } from "./db/listen.ts";
import { runStatement } from "./db/statement.ts";
import { transact } from "./db/transaction.ts";
import type { Events } from "./events.ts";
import { newId } from "./kernel/ids.ts";
import type { Log } from "./kernel/log.ts";
import type { Judge } from "./ports/judge.ts";
import type { MailPort } from "./ports/mail.ts";
import type { PaymentsPort } from "./ports/payments.ts";
import type { RepoFetcher } from "./ports/repo-fetch.ts";
import type { SandboxProvider } from "./ports/sandbox.ts";
import type { WebhookSender } from "./ports/webhook-sender.ts";
import type { Settings } from "./settings.ts";

/** The outside world, as chosen by config.ts: each the real part or its stand-in. */
export type Ports = {
  payments: PaymentsPort;
  sandbox: SandboxProvider;
  repos: RepoFetcher;
  mail: MailPort;
  judge: Judge;
  webhooks: WebhookSender;
};

/** What is rate limited against guessing: signing in with a password, and mailed links. */
export type Try = "sign-in" | "link";

/** For so many days an Idempotency-Key stands for the request that moved money under it; after that for a new one. */
export const MONEY_KEY_DAYS = 30;

/** What every use case is given. Plain values and ports, no transport. */
export type Ctx<A extends Actor = Actor> = {
  /** The client, or the transaction that is open. */
  db: Db;
  /** For `onlyOne` and the heartbeat: bypasses any open transaction. */
  pool: Pool;
  actor: A;
  log: Log;
  requestId: string;
  /** Stable across retries under one Idempotency-Key (stepwise operations): lets a retry find what an earlier one began. */
  requestKey?: string;
  ports: Ports;
  settings: Settings;
  /** Seals secrets that must be read again. */
  masterKey: string;
  /** Where browsers find the city; links that lead back here are made from it. */
  publicUrl: string;
  /** Seconds since this server was started, by the machine's clock. */
  secondsUp(): number;
  /** Tells when something happened to a task. */
  live: TaskSignal;
  /**
   * Rate limits one try at what could be guessed or used to pester, by the caller's address and by whom it is about.
   * @throws RATE_LIMITED when there were too many within a minute
   */
  countTry(of: Try, about: string): Promise<void>;
};

/**
 * Runs `work` in one transaction: the one already open, or a new one. What it throws rolls everything back.
 * No network call belongs inside.
 */
export async function inTransaction<A extends Actor, T>(ctx: Ctx<A>, work: (ctx: Ctx<A>) => Promise<T>): Promise<T> {
  if (isTransaction(ctx.db)) return work(ctx);
  const client = ctx.db as PrismaClient;
  return transact(client, (db) => work({ ...ctx, db }), { timeout: 15_000, maxWait: 20_000 });
}

/** The same context, acting as the city itself. */
export function asSystem(ctx: Ctx): Ctx<{ kind: "system" }> {
  return { ...ctx, actor: { kind: "system" } };
}

/** The one time that windows and deadlines are decided by: PostgreSQL's, plus the test clock's offset. */
export async function cityNow(ctx: Ctx): Promise<Date> {
  const [row] = await runStatement<[{ now: Date }]>(ctx, Prisma.sql`select city_now() as now`);
  return row.now;
}

/**
 * Hands an event to the queue in the transaction of the change it tells of: committed together or not at all.
 * The id makes a repeated hand-over harmless.
 */
export async function emit<Name extends keyof Events>(ctx: Ctx, name: Name, data: Events[Name]): Promise<void> {
  await runStatement(ctx, Prisma.sql`select graphile_worker.add_job('event', ${eventJob(name, data)}::json)`);
}

/** An event as the queue stores it, for statements that add the job themselves. */
export function eventJob<Name extends keyof Events>(name: Name, data: Events[Name]): string {
  return JSON.stringify({ id: newId(), name, data, ts: Date.now() });
}

/** Milliseconds from a moment. */
export function after(moment: Date, ms: number): Date {
  return new Date(moment.getTime() + ms);
}
