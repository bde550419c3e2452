import { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import { runStatement } from "#server/db/statement.ts";
import { ledgerRefusal } from "./errors.ts";

/** What every move answers. A repeat of the same move returns the first transaction with `fresh: false`. */
export type Posted = { transactionId: string; fresh: boolean };

/**
 * Makes one move, by a call of a ledger function, in the transaction of `ctx`. What the ledger refuses becomes a
 * CityError; inside a transaction it also ends that transaction. Connections keep the plan of a call, so a function whose
 * answer changes its columns takes a new name while servers of the version before may be running.
 */
export function postMove<More extends object = object>(ctx: Pick<Ctx, "db">, call: Prisma.Sql): Promise<Posted & More> {
  return askLedger<Posted & More>(ctx, Prisma.sql`select * from ${call}`);
}

/** Asks a question of which the answer is one row. Columns get their fields' names, bigints become numbers (cents). */
export async function askLedger<Row extends object>(ctx: Pick<Ctx, "db">, question: Prisma.Sql): Promise<Row> {
  const [row] = await askLedgerRows<Row>(ctx, question);
  if (!row) throw new Error("The ledger answered with no row.");
  return row;
}

/** The same for questions that have any number of rows as their answer. */
export async function askLedgerRows<Row extends object>(ctx: Pick<Ctx, "db">, question: Prisma.Sql): Promise<Row[]> {
  const rows = await runStatement<Record<string, unknown>[]>(ctx, question).catch((error: unknown) => {
    throw ledgerRefusal(error);
  });
  return rows.map((row) => plain(row) as Row);
}

function plain(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const name = column.replace(/_[a-z]/g, ([, letter = ""]) => letter.toUpperCase());
      if (typeof value !== "bigint") return [name, value];
      return [name, name === "transactionId" ? value.toString() : Number(value)];
    }),
  );
}
