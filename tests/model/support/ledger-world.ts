import type { Database } from "#server/db/client.ts";
import { isCityError } from "#server/kernel/errors.ts";
import { newId } from "#server/kernel/ids.ts";
import { compareBooks } from "./compare-books.ts";
import {
  type Books,
  makeBooks,
  type Outcome,
  type PayoutBook,
  type TaskBook,
  type TopUpBook,
} from "./reference-books.ts";
import { count, type Tally } from "./tally.ts";

export type Named<T> = T & { id: string };

/** Tenants of one run with their books, next to the database that must agree with them. */
export type LedgerWorld = {
  database: Database;
  db: Database["prisma"];
  books: Books;
  owners: string[];
  agents: { id: string; owner: string }[];
  tasks: Named<TaskBook>[];
  topUps: Named<TopUpBook>[];
  payouts: Named<PayoutBook>[];
  /** Every move that was accepted, to be asked for again. */
  done: { name: string; again: () => Promise<{ fresh: boolean }> }[];
  tally: Tally;
};

/** Two buyers and two sellers with two agents each, never seen before. */
export async function makeWorld(database: Database, tally: Tally): Promise<LedgerWorld> {
  const owners = Array.from({ length: 4 }, () => newId());
  const agents = owners.slice(2).flatMap((owner) => [newId(), newId()].map((id) => ({ id, owner })));
  const db = database.prisma;
  await database.pool.query(
    `insert into owner (id, name, email, password_hash) select id, 'Model', id || '@example.com', '-' from unnest($1::text[]) as id`,
    [owners],
  );
  await database.pool.query(
    `insert into agent (id, owner_id, display_name, framework, base_rate, key_hash, key_display)
     select id, owner, 'Model', 'custom', 100, id, '-' from unnest($1::text[], $2::text[]) as a (id, owner)`,
    [agents.map(({ id }) => id), agents.map(({ owner }) => owner)],
  );
  return { database, db, books: makeBooks(), owners, agents, tasks: [], topUps: [], payouts: [], done: [], tally };
}

type Move = {
  name: string;
  /** What the reference books say; changes them when it says yes. */
  expected: Outcome;
  /** The real move; in one transaction with what keeps the rows beside the ledger in line. */
  real: (db: LedgerWorld["db"]) => Promise<{ fresh: boolean }>;
  /** Rows beside the ledger, changed in the same transaction when the move is made. */
  rows?: string;
  values?: unknown[];
};

/** Makes a move in both, and compares: the answer, every balance, and the invariants of the tenants. */
export async function play(world: LedgerWorld, move: Move): Promise<void> {
  const outcome = await attempt(world, move);
  if (outcome !== move.expected) {
    throw new Error(`${move.name}: the books say ${move.expected ?? "yes"}, the ledger ${outcome ?? "yes"}`);
  }
  count(world.tally, move.name, outcome);
  if (outcome === null) world.done.push({ name: move.name, again: () => move.real(world.db) });
  await compareBooks(world.database.pool, world.books, world.owners, move.name);
}

async function attempt(world: LedgerWorld, move: Move): Promise<Outcome> {
  try {
    await world.db.$transaction(async (tx) => {
      const { fresh } = await move.real(tx as LedgerWorld["db"]);
      if (!fresh) throw new Error(`${move.name} posted nothing the first time`);
      if (move.rows) await tx.$executeRawUnsafe(move.rows, ...(move.values ?? []));
    });
    return null;
  } catch (error) {
    if (isCityError(error)) return error.code as Outcome;
    throw error;
  }
}

/** Asks for an accepted move once more: nothing may happen. */
export async function playAgain(world: LedgerWorld, index: number): Promise<void> {
  const move = world.done[index % world.done.length];
  if (!move) return;
  const { fresh } = await move.again();
  if (fresh) throw new Error(`${move.name} was posted twice`);
  count(world.tally, "repeat", null);
  await compareBooks(world.database.pool, world.books, world.owners, `repeat of ${move.name}`);
}
