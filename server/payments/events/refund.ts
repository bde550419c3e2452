import type { Ctx } from "../../context.ts";
import type { Refund } from "../../ports/payments.ts";
import { settleReturn, type TopUpReturn, undoReturn, wasReturnUndone } from "../card-returns.ts";
import { reachPayments } from "../reach-payments.ts";
import { settledTopUpOf } from "../settle-top-up.ts";
import { giveAgainTopUp, takeBackTopUp } from "../take-back-top-up.ts";
import { bookUntilItHolds } from "./book-until-it-holds.ts";

/** `refund.*`: money of a top-up went back to its card, or could not. */
export async function handleRefund(ctx: Ctx, event: { objectId: string }): Promise<void> {
  const read = () => reachPayments(ctx).getRefund(event.objectId);
  await bookUntilItHolds(read, (refund) => bookRefund(ctx, refund));
}

/** One that was made at the card company itself is booked like a chargeback; one we asked for has left the pool already. */
export async function bookRefund(ctx: Ctx, refund: Refund): Promise<void> {
  const { topUpId, returnKey } = refund.metadata;
  if (topUpId && returnKey) {
    await bookReturn(ctx, refund, { topUpId, key: returnKey, amount: refund.amountCents });
  } else if (refund.paymentId) {
    const refundedId = await settledTopUpOf(ctx, refund.paymentId);
    if (refundedId) await bookTakenBack(ctx, refund, refundedId);
  }
}

/**
 * Comes back to the pool if it failed. If it came back before, because the request was refused, and the card has the money
 * all the same, it leaves the pool again. Whoever brings an answer or a list may have read before it failed, and book after
 * its event has: what it is now is read once more, so that it does not leave the pool for a card that refused it.
 */
async function bookReturn(ctx: Ctx, refund: Refund, asked: TopUpReturn): Promise<void> {
  if (hasFailed(refund)) await undoReturn(ctx, asked);
  else if (refund.status !== "succeeded" || (await settleReturn(ctx, asked.key))) return;
  if (!(await wasReturnUndone(ctx, asked))) return;
  await bookTakenBack(ctx, await reachPayments(ctx).getRefund(refund.id), asked.topUpId);
}

async function bookTakenBack(ctx: Ctx, refund: Refund, topUpId: string): Promise<void> {
  const change = { topUpId, key: refund.id, amount: refund.amountCents, disputed: false };
  if (hasFailed(refund)) await giveAgainTopUp(ctx, change);
  else if (refund.status === "succeeded") await takeBackTopUp(ctx, change);
}

function hasFailed({ status }: Refund): boolean {
  return status === "failed" || status === "canceled";
}
