import pg from "pg";
import type { Ctx } from "../context.ts";
import { statementNames } from "./statement-names.ts";
import { driverOf } from "./transaction.ts";

/** `Prisma.sql` makes one; where even that takes too long, it is written out. */
export type Statement = { readonly text: string; readonly values: readonly unknown[] };

const nameOf = statementNames();

/** As Prisma reads them: whole numbers of eight bytes as BigInt, and everything else that is asked for as `pg` does. */
const types = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format),
};

/**
 * Runs a statement that is too hot for Prisma, which takes several times as long as the statement itself: in the
 * transaction of `ctx`, or by itself. Its columns are text, whole numbers, floats, booleans, moments and JSON.
 */
export async function runStatement<Rows extends object[]>(
  { db }: Pick<Ctx, "db">,
  { text, values }: Statement,
): Promise<Rows> {
  const driver = driverOf(db);
  // Only Prisma can say how the transaction came to its end.
  if (!driver) return db.$queryRawUnsafe<Rows>(text, ...values);
  const { rows } = await driver.query({ name: nameOf({ sql: text }), text, values: [...values], types });
  return rows as Rows;
}
