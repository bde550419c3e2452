import type { Ctx } from "#server/context.ts";
import { readSeals } from "./read-sealed.ts";

/** The chain's published hashes, in order, for whoever wants to check a receipt or keep a copy. */
export async function listSeals(
  ctx: Pick<Ctx, "db">,
  input: { after?: number; limit?: number } = {},
): Promise<{ no: number; transactions: number; hash: string }[]> {
  const seals = await readSeals(ctx, { after: BigInt(input.after ?? 0), limit: input.limit ?? 100 });
  return seals.map((seal) => ({
    no: Number(seal.no),
    transactions: seal.transactions,
    hash: Buffer.from(seal.hash).toString("hex"),
  }));
}
