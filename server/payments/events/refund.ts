import type { Ctx } from "../../context.ts";
import type { Refund } from "../../ports/payments.ts";
import { settleReturn } from "../card-returns.ts";
import { reachPayments } from "../reach-payments.ts";
import { undoReturn } from "../send-return.ts";
import { settleTopUp } from "../settle-top-up.ts";
import { giveAgainTopUp, takeBackTopUp } from "../take-back-top-up.ts";
import { bookUntilItHolds } from "./book-until-it-holds.ts";

/** `refund.*`: money of a top-up went back to its card, or could not. */
export async function handleRefund(ctx: Ctx, event: { objectId: string }): Promise<void> {
  const read = () => reachPayments(ctx).getRefund(event.objectId);
  await bookUntilItHolds(read, (refund) => bookRefund(ctx, refund));
}

/**
 * One we asked for has left the pool already, and only comes back if it failed. One that was made at the card company
 * itself is booked like a chargeback.
 */
export async function bookRefund(ctx: Ctx, refund: Refund): Promise<void> {
  const failed = refund.status === "failed" || refund.status === "canceled";
  const { topUpId, returnKey } = refund.metadata;
  if (topUpId && returnKey) {
    if (failed) await undoReturn(ctx, { topUpId, key: returnKey, amount: refund.amountCents });
    else if (refund.status === "succeeded") await settleReturn(ctx, returnKey);
    return;
  }
  if (!refund.paymentId) return;
  const owner = await topUpOfPayment(ctx, refund.paymentId);
  if (!owner) return;
  const change = { topUpId: owner, key: refund.id, amount: refund.amountCents };
  if (failed) await giveAgainTopUp(ctx, change);
  else if (refund.status === "succeeded") await takeBackTopUp(ctx, { ...change, disputed: false });
}

/** The top-up a payment was for, booked by now: an event about its end may overtake the one about its arrival. */
export async function topUpOfPayment(ctx: Ctx, paymentId: string): Promise<string | null> {
  await settleTopUp(ctx, { paymentId });
  const row = await ctx.db.topUp.findUnique({ where: { paymentIntentId: paymentId }, select: { id: true } });
  return row?.id ?? null;
}
