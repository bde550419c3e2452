import type { Ctx } from "../context.ts";
import { isTransaction } from "./client.ts";

/**
 * A statement for `pg` itself, with a name, so that each connection parses and plans it once. Its columns are text,
 * integers, booleans, moments and JSON: both ways it can run read those alike.
 */
export type Statement = { readonly name: string; readonly text: string };

/**
 * Runs a statement that is too hot for Prisma, which takes several times as long as the statement itself. In an open
 * transaction it runs there all the same: a second connection taken from inside one could wait for itself.
 */
export async function runStatement<Row extends object>(
  { db, pool }: Pick<Ctx, "db" | "pool">,
  { name, text }: Statement,
  values: readonly (string | number | boolean | null)[],
): Promise<Row[]> {
  if (isTransaction(db)) return db.$queryRawUnsafe<Row[]>(text, ...values);
  const { rows } = await pool.query<Row>({ name, text, values: [...values] });
  return rows;
}
