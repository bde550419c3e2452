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

/** Every PostgreSQL transaction before this one has ended: none can still add to what it wrote. */
export async function readHorizon(ctx: Pick<Ctx, "db">): Promise<bigint> {
  const [row] = await ctx.db.$queryRaw<[{ horizon: bigint }]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon`;
  return row.horizon;
}

/**
 * What is wrong when the horizon lies before what is sealed; null when it does not. In one database's life it never does:
 * a logical restore brings the rows, but counts its transactions anew, and what it posts would fall into old seals.
 */
export function countedAnew(horizon: bigint, last: Pick<Seal, "no" | "toXid"> | undefined): string | null {
  if (!last || horizon >= last.toXid) return null;
  return `this database was restored from a logical dump: it has come to transaction ${horizon}, seal ${last.no} covers all before ${last.toXid}. Nothing posted since can be sealed. Restore a physical backup (pg_basebackup or a snapshot), which keeps the count`;
}

/** The hash that the first seal follows. */
export const GENESIS = Buffer.alloc(32);
