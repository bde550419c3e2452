import pg from "pg";
import { type Prisma, PrismaClient } from "#prisma";
import type { Log } from "#server/kernel/log.ts";
import { statementNames } from "./statement-names.ts";
import { isOnPool, TransactionAdapter } from "./transaction.ts";

/** What use cases talk to: the client, or the transaction they were called in. */
export type Db = Prisma.TransactionClient;

/** Whether `db` is an open transaction rather than the client, which alone can connect. */
export function isTransaction(db: Db): boolean {
  return !("$connect" in db);
}

export type Database = {
  prisma: PrismaClient;
  /** For the queue, the clock, and what must not be part of any transaction. */
  pool: pg.Pool;
  close(): Promise<void>;
};

/** How long anybody waits for a connection before being told that the city is busy. */
const WAIT_MS = 10_000;

/** Opens one pool for Prisma, the queue and plain SQL. */
export function openDatabase(url: string, log: Log, { waitMs = WAIT_MS } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: waitMs,
    // Prisma writes moments as UTC without saying so; a server of another zone would take them for its own.
    onConnect: (connection) => connection.query("set timezone to 'UTC'"),
  });
  const complain = (error: Error) => log.warn({ error: error.message }, "a database connection failed");
  pool.on("error", complain);
  pool.on("connect", (connection) => connection.on("error", complain));
  const adapter = new TransactionAdapter(pool, { statementNameGenerator: statementNames() });
  const prisma = new PrismaClient({ adapter });
  isOnPool(prisma, pool);
  return {
    prisma,
    pool,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
