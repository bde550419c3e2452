import type { Ctx } from "../../context.ts";
import type { CardDispute } from "../../ports/payments.ts";
import { reachPayments } from "../reach-payments.ts";
import { settledTopUpOf } from "../settle-top-up.ts";
import { giveAgainTopUp, takeBackTopUp } from "../take-back-top-up.ts";
import { bookUntilItHolds } from "./book-until-it-holds.ts";

/** `charge.dispute.*`: a card's bank takes a payment back, or decides about one. */
export async function handleChargeback(ctx: Ctx, event: { objectId: string }): Promise<void> {
  const read = () => reachPayments(ctx).getDispute(event.objectId);
  await bookUntilItHolds(read, (dispute) => bookChargeback(ctx, dispute));
}

/** Books what the bank holds of a top-up now. An inquiry has taken nothing. */
export async function bookChargeback(ctx: Ctx, dispute: CardDispute): Promise<void> {
  if (!dispute.paymentId) return;
  const topUpId = await settledTopUpOf(ctx, dispute.paymentId);
  if (!topUpId) return;
  const change = { topUpId, key: dispute.id, amount: dispute.amountCents, disputed: true };
  if (dispute.status === "won") await giveAgainTopUp(ctx, change);
  else if (!dispute.inquiry) await takeBackTopUp(ctx, change);
}
