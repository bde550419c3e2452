import { type Ctx, inTransaction } from "#server/context.ts";
import { SEALER_LOCK } from "#server/db/advisory-locks.ts";
import { leafHash, merkleRoot, sealHash } from "./merkle.ts";
import { countedAnew, GENESIS, type Leaf, readHorizon, readLeaves, type Seal } from "./read-sealed.ts";

/** Transactions a seal covers at most; a backlog is sealed in several. */
const BATCH = 2_000;

/**
 * Seals what was posted since the last seal, in the background and off the hot path: nothing that posts waits for it.
 * Only transactions are taken of which no older one can still appear. Returns how many seals and transactions there
 * were; one sealer at a time, a second returns at once. Throws in a database whose transactions are counted anew.
 */
export async function sealLedger(ctx: Ctx): Promise<{ seals: number; transactions: number }> {
  const done = { seals: 0, transactions: 0 };
  while (true) {
    const sealed = await inTransaction(ctx, sealBatch);
    if (sealed === 0) return done;
    done.seals += 1;
    done.transactions += sealed;
  }
}

async function sealBatch(ctx: Ctx): Promise<number> {
  const [lock] = await ctx.db.$queryRaw<[{ mine: boolean }]>`select pg_try_advisory_xact_lock(${SEALER_LOCK}) as mine`;
  if (!lock.mine) return 0;
  const horizon = await readHorizon(ctx);
  const [last] = await ctx.db.$queryRaw<Pick<Seal, "no" | "toXid" | "hash">[]>`
    select no, to_xid as "toXid", hash from ledger.seal order by no desc limit 1`;
  const problem = countedAnew(horizon, last);
  if (problem) throw new Error(`The ledger is not sealed: ${problem}.`);
  const from = last?.toXid ?? 0n;
  const leaves = await readLeaves(ctx, { from, to: horizon, limit: BATCH });
  const { batch, to } = wholeTransactions(leaves, horizon);
  if (batch.length === 0) return 0;

  const no = Number(last?.no ?? 0n) + 1;
  const root = merkleRoot(batch.map(({ text }) => leafHash(text)));
  const previous = Buffer.from(last?.hash ?? GENESIS);
  const hash = sealHash({ no, transactions: batch.length, root, previous });
  await ctx.db.$executeRaw`
    insert into ledger.seal (no, from_xid, to_xid, transactions, root, previous, hash, sealed_at)
    values (${no}, ${from}, ${to}, ${batch.length}, ${root}, ${previous}, ${hash}, city_now())`;
  return batch.length;
}

/** A full batch may end in the middle of what one PostgreSQL transaction posted: that one is left for the next seal. */
function wholeTransactions(leaves: Leaf[], horizon: bigint): { batch: Leaf[]; to: bigint } {
  const last = leaves.at(-1);
  if (leaves.length < BATCH || !last) return { batch: leaves, to: horizon };
  return { batch: leaves.filter(({ xid }) => xid < last.xid), to: last.xid };
}
