import type { Ctx } from "#server/context.ts";

export type Leaf = { xid: bigint; reference: string; text: string };

/** Transactions written by PostgreSQL transactions `from` ≤ xid < `to`, in the order they are sealed in, as they are hashed. */
export async function readLeaves(
  ctx: Pick<Ctx, "db">,
  range: { from: bigint; to: bigint; limit?: number },
): Promise<Leaf[]> {
  const limit = range.limit ?? null;
  return ctx.db.$queryRaw<Leaf[]>`
    select xid, reference, ledger.transaction_text(t) as text from ledger.transaction t
    where xid >= ${range.from} and xid < ${range.to} order by xid, id limit ${limit}::int`;
}

export type Seal = {
  no: bigint;
  fromXid: bigint;
  toXid: bigint;
  transactions: number;
  root: Uint8Array;
  previous: Uint8Array;
  hash: Uint8Array;
};

/** Seals from a number on, in order. */
export async function readSeals(ctx: Pick<Ctx, "db">, range: { after: bigint; limit: number }): Promise<Seal[]> {
  return ctx.db.$queryRaw<Seal[]>`
    select no, from_xid as "fromXid", to_xid as "toXid", transactions, root, previous, hash from ledger.seal
    where no > ${range.after} order by no limit ${range.limit}`;
}

/** The hash that the first seal follows. */
export const GENESIS = Buffer.alloc(32);
