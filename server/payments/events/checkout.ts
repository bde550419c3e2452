import type { Ctx } from "../../context.ts";
import { failTopUp } from "../fail-top-up.ts";
import { reachPayments } from "../reach-payments.ts";
import { settleTopUp } from "../settle-top-up.ts";

/** `checkout.session.*`: someone paid on the payment page, or let it run out. */
export async function handleCheckout(ctx: Ctx, event: { objectId: string }): Promise<void> {
  const checkout = await reachPayments(ctx).getCheckout(event.objectId);
  const { topUpId } = checkout.metadata;
  if (!topUpId) return;
  if (checkout.paid && checkout.paymentId) await settleTopUp(ctx, { topUpId, paymentId: checkout.paymentId });
  else if (checkout.status === "expired")
    await failTopUp(ctx, { topUpId, status: "expired", reason: "not_paid_in_time" });
}
