import type { Ctx } from "../context.ts";
import { isPaymentError } from "../ports/payments/payment-error.ts";
import { callOnce } from "./call-once.ts";
import { isReturnOpen, refuseReturn, type TopUpReturn } from "./card-returns.ts";
import { bookRefund } from "./events/refund.ts";
import { findListed } from "./find-listed.ts";
import { reachPayments } from "./reach-payments.ts";

/**
 * Asks the card company for a refund that has already left the pool. Refused: it goes back into the pool. `waiting`: the
 * city's own balance there is too low now; reconciliation asks again, as it does for withdrawals.
 */
export async function sendReturn(ctx: Ctx, input: TopUpReturn): Promise<{ status: string }> {
  const row = await ctx.db.topUp.findUnique({ where: { id: input.topUpId } });
  if (!row?.paymentIntentId) return { status: "unknown" };
  if (!(await isReturnOpen(ctx, input.key))) return { status: "ended" };
  const metadata = { topUpId: row.id, returnKey: input.key };
  const order = { paymentId: row.paymentIntentId, amountCents: input.amount, metadata };
  try {
    const refund = await callOnce(ctx, {
      intent: `return:${input.key}`,
      call: (key) => reachPayments(ctx).refund(order, key),
      find: () => findListed(ctx, "refund", { createdAt: row.createdAt, metadata }),
    });
    await bookRefund(ctx, refund);
    return { status: refund.status };
  } catch (error) {
    if (!isPaymentError(error) || error.outcome !== "refused") throw error;
    // The next try is a new request, so this refusal is not the end of it.
    if (error.kind === "insufficient_balance") return { status: "waiting" };
    await refuseReturn(ctx, input);
    return { status: "refused" };
  }
}
