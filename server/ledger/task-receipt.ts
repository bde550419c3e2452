import type { Ctx } from "#server/context.ts";
import { leafHash, merkleProof, type ProofStep, rootFromProof, sealHash } from "./merkle.ts";
import { readLeaves, type Seal } from "./read-sealed.ts";

/** One transaction with the proof that a seal covers it. Hashes are hex. `seal` is null until the next sealing. */
export type ReceiptLine = {
  reference: string;
  /** The exact bytes that were hashed: a JSON array of what happened. */
  text: string;
  seal: { no: number; transactions: number; previous: string; root: string; hash: string; proof: ProofStep[] } | null;
};
export type TaskReceipt = { taskId: string; lines: ReceiptLine[] };

/**
 * What the ledger did for a task, with proofs that anyone can check without us (`verifyReceipt`): all of it for the buyer.
 * The seller's leaves out what touched the buyer's credits, for a line cannot be shown in part, and a budget is the
 * buyer's own affair.
 */
export async function readTaskReceipt(
  ctx: Pick<Ctx, "db">,
  { taskId, side }: { taskId: string; side: "buyer" | "seller" },
): Promise<TaskReceipt> {
  const rows = await ctx.db.$queryRaw<{ reference: string; text: string; sealNo: bigint | null }[]>`
    select reference, ledger.transaction_text(t) as text,
      (select no from ledger.seal s where t.xid >= s.from_xid and t.xid < s.to_xid) as "sealNo"
    from ledger.transaction t where reference > ${`task:${taskId}:`} and reference < ${`task:${taskId};`}
      and (${side} = 'buyer' or not exists (
        select 1 from ledger.posting p join ledger.account a on a.id in (p.from_account, p.to_account)
        where p.transaction_id = t.id and a.kind in ('pool', 'held')))
    order by id`;
  const lines: ReceiptLine[] = [];
  for (const { reference, text, sealNo } of rows) {
    lines.push({ reference, text, seal: sealNo === null ? null : await proveLine(ctx, sealNo, text) });
  }
  return { taskId, lines };
}

async function proveLine(ctx: Pick<Ctx, "db">, no: bigint, text: string): Promise<ReceiptLine["seal"]> {
  const [seal] = await ctx.db.$queryRaw<[Seal]>`
    select no, from_xid as "fromXid", to_xid as "toXid", transactions, root, previous, hash from ledger.seal where no = ${no}`;
  const leaves = await readLeaves(ctx, { from: seal.fromXid, to: seal.toXid });
  const index = leaves.findIndex((leaf) => leaf.text === text);
  return {
    no: Number(seal.no),
    transactions: seal.transactions,
    previous: hex(seal.previous),
    root: hex(seal.root),
    hash: hex(seal.hash),
    proof: merkleProof(
      leaves.map((leaf) => leafHash(leaf.text)),
      index,
    ),
  };
}

/** Hashes of seals by their number, as the city publishes them, or from a copy someone kept. */
export type PublishedHashes = ReadonlyMap<number, string>;

/**
 * Checks one line with nothing but itself: its bytes lead to the seal's root, and the root to the seal's hash, which must
 * equal the hash published for that seal's number. A line without a seal proves nothing yet.
 */
export function verifyLine({ text, seal }: ReceiptLine, published: PublishedHashes): "proven" | "unsealed" | "wrong" {
  if (!seal) return "unsealed";
  const root = rootFromProof(leafHash(text), seal.proof);
  const previous = Buffer.from(seal.previous, "hex");
  const hash = sealHash({ no: seal.no, transactions: seal.transactions, root, previous }).toString("hex");
  return hash === seal.hash && published.get(seal.no) === hash ? "proven" : "wrong";
}

/** Whether every line of a receipt is proven. */
export function verifyReceipt(receipt: TaskReceipt, published: PublishedHashes): boolean {
  return receipt.lines.every((line) => verifyLine(line, published) === "proven");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
