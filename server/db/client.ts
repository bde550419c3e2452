import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Prisma, PrismaClient } from "#prisma";
import type { Log } from "#server/kernel/log.ts";
import { statementNames } from "./statement-names.ts";

/** What use cases talk to: the client, or the transaction they were called in. */
export type Db = Prisma.TransactionClient;

/** Whether `db` is an open transaction rather than the client, which alone can connect. */
export function isTransaction(db: Db): boolean {
  return !("$connect" in db);
}

export type Database = {
  prisma: PrismaClient;
  /** For the few statements that are too hot for Prisma, for LISTEN, and for the queue. */
  pool: pg.Pool;
  close(): Promise<void>;
};

/** Opens one pool for Prisma, the queue and plain SQL. */
export function openDatabase(url: string, log: Log): Database {
  const pool = new pg.Pool({ connectionString: url, max: 10, idleTimeoutMillis: 30_000 });
  const complain = (error: Error) => log.warn({ error: error.message }, "a database connection failed");
  pool.on("error", complain);
  pool.on("connect", (connection) => connection.on("error", complain));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: statementNames() }) });
  return {
    prisma,
    pool,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
