import type { Ctx } from "../../context.ts";
import type { Payout } from "../../ports/payments.ts";
import { reachPayments } from "../reach-payments.ts";
import { settleWithdrawal } from "../settle-withdrawal.ts";
import { bookUntilItHolds } from "./book-until-it-holds.ts";

/** `payout.*` on a seller's account: the bank has the money, or sent it back. */
export async function handlePayout(ctx: Ctx, event: { objectId: string; accountId: string | null }): Promise<void> {
  if (!event.accountId) return;
  await bookPayout(ctx, await reachPayments(ctx).getPayout(event.accountId, event.objectId));
}

/** Keeps the payout's id where the answer to our call was lost, then brings the withdrawal in line with it. */
export async function bookPayout(ctx: Ctx, payout: Payout): Promise<void> {
  const { withdrawalId } = payout.metadata;
  if (!withdrawalId) return;
  await ctx.db.withdrawal.updateMany({
    where: { id: withdrawalId, payoutId: null, status: { in: ["requested", "processing"] } },
    data: { payoutId: payout.id, status: "processing", failure: null },
  });
  const row = await ctx.db.withdrawal.findUnique({ where: { id: withdrawalId }, select: { payoutId: true } });
  if (row?.payoutId !== payout.id) return;
  const read = () => reachPayments(ctx).getPayout(payout.accountId, payout.id);
  await bookUntilItHolds(read, (now) => settleWithdrawal(ctx, { withdrawalId, payout: now }), payout);
}
