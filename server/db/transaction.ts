import { AsyncLocalStorage } from "node:async_hooks";
import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import type { PrismaClient } from "#prisma";
import type { Db } from "./client.ts";

// Prisma opens transactions on connections that it does not show. `runStatement` needs the connection, to run what is too
// hot for Prisma on it; the adapter, the last of Prisma before `pg`, is where it can be seen.

/** What is beneath a client of Prisma's: the pool, or a transaction's connection until Prisma sends that one's end. */
type Driver = pg.Pool | pg.PoolClient;
type Opened = { connection?: pg.PoolClient | null };
type Transaction = Awaited<ReturnType<Awaited<ReturnType<PrismaPg["connect"]>>["startTransaction"]>>;

const pools = new WeakMap<Db, pg.Pool>();
const transactions = new WeakMap<Db, Opened>();
const opening = new AsyncLocalStorage<Opened>();
const ENDS = new Set(["COMMIT", "ROLLBACK"]);

/** Prisma's adapter for `pg`, which tells `transact` the connection of the transaction that it asked for. */
export class TransactionAdapter extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => {
      const transaction = await start(isolationLevel);
      const opened = opening.getStore();
      // Only the first is the caller's: inside of its work Prisma may open others, for a write of several statements.
      if (opened && opened.connection === undefined) watch(transaction, opened);
      return transaction;
    };
    return adapter;
  }
}

function watch(transaction: Transaction, opened: Opened): void {
  opened.connection = (transaction as unknown as { client: pg.PoolClient }).client;
  const execute = transaction.executeRaw.bind(transaction);
  transaction.executeRaw = (query) => {
    // When it is sent, not when it is answered: a statement sent in between would run after the transaction, by itself.
    if (ENDS.has(query.sql)) opened.connection = null;
    return execute(query);
  };
}

/** Says which pool a client of Prisma's takes its connections from. */
export function isOnPool(client: PrismaClient, pool: pg.Pool): void {
  pools.set(client, pool);
}

/** Runs `work` in a new transaction. What it throws rolls everything back. */
export function transact<T>(
  client: PrismaClient,
  work: (db: Db) => Promise<T>,
  limits: { timeout: number; maxWait: number },
): Promise<T> {
  const opened: Opened = {};
  const begun = (db: Db) => {
    transactions.set(db, opened);
    return work(db);
  };
  return opening.run(opened, () => client.$transaction(begun, limits));
}

/** @returns where statements of `db` are to run, or null when `db` is a transaction that is over */
export function driverOf(db: Db): Driver | null {
  return pools.get(db) ?? transactions.get(db)?.connection ?? null;
}
