import type { Ctx } from "../context.ts";
import type { Cents } from "../kernel/money.ts";

export type ReturnableTopUp = { topUpId: string; paymentId: string; returnable: Cents };

/**
 * Top-ups of an owner that have not wholly gone back to their card, newest first. Granted credits count as spent first,
 * so what is in the pool is card money as far as the cards have paid for it.
 */
export async function readReturnable(ctx: Ctx, ownerId: string): Promise<ReturnableTopUp[]> {
  const rows = await ctx.db.topUp.findMany({
    where: { ownerId, status: "paid", paymentIntentId: { not: null } },
    orderBy: { createdAt: "desc" },
    take: 200,
  });
  return rows
    .map((row) => ({
      topUpId: row.id,
      paymentId: row.paymentIntentId ?? "",
      returnable: row.amount - row.returnedCents,
    }))
    .filter((row) => row.returnable > 0);
}
