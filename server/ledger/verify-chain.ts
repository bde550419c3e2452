import type { Ctx } from "#server/context.ts";
import { leafHash, merkleRoot, sealHash } from "./merkle.ts";
import { countedAnew, GENESIS, readHorizon, readLeaves, readSeals, type Seal } from "./read-sealed.ts";

export type ChainReport = {
  ok: boolean;
  seals: number;
  transactions: number;
  /** Posted and not sealed yet; a few are normal, the sealer runs in the background. */
  unsealed: number;
  problems: string[];
};

const SEALS_AT_A_TIME = 100;

/** Computes every seal again from the rows it covers. A row changed, added or removed since then shows up. */
export async function verifyChain(ctx: Pick<Ctx, "db">): Promise<ChainReport> {
  const report: ChainReport = { ok: true, seals: 0, transactions: 0, unsealed: 0, problems: [] };
  let before: Pick<Seal, "no" | "toXid" | "hash"> = { no: 0n, toXid: 0n, hash: GENESIS };
  while (true) {
    const seals = await readSeals(ctx, { after: before.no, limit: SEALS_AT_A_TIME });
    for (const seal of seals) {
      report.problems.push(...(await verifySeal(ctx, seal, before)));
      report.seals += 1;
      report.transactions += seal.transactions;
      before = seal;
    }
    if (seals.length < SEALS_AT_A_TIME) break;
  }
  const problem = countedAnew(await readHorizon(ctx), before);
  // First: it explains the others.
  if (problem) report.problems.unshift(problem);
  const [rest] = await ctx.db.$queryRaw<[{ count: bigint }]>`
    select count(*) from ledger.transaction where xid >= ${before.toXid}`;
  report.unsealed = Number(rest.count);
  report.ok = report.problems.length === 0;
  return report;
}

async function verifySeal(
  ctx: Pick<Ctx, "db">,
  seal: Seal,
  before: Pick<Seal, "no" | "toXid" | "hash">,
): Promise<string[]> {
  const problems: string[] = [];
  const leaves = await readLeaves(ctx, { from: seal.fromXid, to: seal.toXid });
  const root = merkleRoot(leaves.map(({ text }) => leafHash(text)));
  const previous = Buffer.from(seal.previous);
  const hash = sealHash({ no: Number(seal.no), transactions: seal.transactions, root, previous });
  if (seal.no !== before.no + 1n || seal.fromXid !== before.toXid)
    problems.push(`seal ${seal.no} does not follow ${before.no}`);
  if (!previous.equals(before.hash)) problems.push(`seal ${seal.no} does not carry the hash before it`);
  if (leaves.length !== seal.transactions) {
    problems.push(`seal ${seal.no} covers ${seal.transactions} transactions, there are ${leaves.length}`);
  }
  if (!root.equals(seal.root)) problems.push(`what seal ${seal.no} covers was changed`);
  if (!hash.equals(seal.hash)) problems.push(`seal ${seal.no} itself was changed`);
  return problems;
}
