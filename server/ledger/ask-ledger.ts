import type { Prisma } from "#prisma";
import type { Ctx } from "#server/context.ts";
import { ledgerRefusal } from "./errors.ts";

/** What every move answers. A repeat of the same move returns the first transaction with `fresh: false`. */
export type Posted = { transactionId: string; fresh: boolean };

/**
 * Runs one call of a ledger function in the transaction of `ctx` and returns its row, bigints as numbers (cents).
 * What the ledger refuses becomes a CityError; inside a transaction it also ends that transaction.
 */
export async function askLedger<Row extends object = Posted>(ctx: Pick<Ctx, "db">, call: Prisma.Sql): Promise<Row> {
  const [row] = await askLedgerRows<Row>(ctx, call);
  if (!row) throw new Error("The ledger answered with no row.");
  return row;
}

/** The same for questions that have any number of rows as their answer. */
export async function askLedgerRows<Row extends object>(ctx: Pick<Ctx, "db">, call: Prisma.Sql): Promise<Row[]> {
  const rows = await ctx.db.$queryRaw<Record<string, unknown>[]>(call).catch((error: unknown) => {
    throw ledgerRefusal(error);
  });
  return rows.map((row) => plain(row) as Row);
}

function plain(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (typeof value !== "bigint") return [name, value];
      const isId = name === "transactionId";
      return [name, isId ? value.toString() : Number(value)];
    }),
  );
}
