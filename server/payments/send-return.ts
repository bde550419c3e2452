import { type Ctx, inTransaction } from "../context.ts";
import { undoMove } from "../ledger/undo-move.ts";
import { isPaymentError } from "../ports/payments/payment-error.ts";
import { callOnce } from "./call-once.ts";
import { settleReturn, type TopUpReturn } from "./card-returns.ts";
import { findListed } from "./find-listed.ts";
import { reachPayments } from "./reach-payments.ts";
import { reportIfClosed } from "./report-if-closed.ts";
import { lockTopUp } from "./settle-top-up.ts";

/** Asks the card company for a refund that has already left the pool. Refused: it goes back into the pool. */
export async function sendReturn(ctx: Ctx, input: TopUpReturn): Promise<{ status: string }> {
  const row = await ctx.db.topUp.findUnique({ where: { id: input.topUpId } });
  if (!row?.paymentIntentId) return { status: "unknown" };
  try {
    const metadata = { topUpId: row.id, returnKey: input.key };
    const order = { paymentId: row.paymentIntentId, amountCents: input.amount, metadata };
    const refund = await callOnce(ctx, {
      intent: `return:${input.key}`,
      call: (key) => reachPayments(ctx).refund(order, key),
      find: () => findListed(ctx, "refund", { createdAt: row.createdAt, metadata }),
    });
    if (refund.status === "failed" || refund.status === "canceled") return undoReturn(ctx, input);
    if (refund.status === "succeeded") await settleReturn(ctx, input.key);
    return { status: refund.status };
  } catch (error) {
    if (isPaymentError(error) && error.outcome === "refused") return undoReturn(ctx, input);
    throw error;
  }
}

/** The money did not reach the card, or came back from its bank weeks later: it is in the pool again. Once. */
export async function undoReturn(ctx: Ctx, input: TopUpReturn): Promise<{ status: string }> {
  return inTransaction(ctx, async (tx) => {
    const row = await lockTopUp(tx, input.topUpId);
    const { fresh } = await undoMove(tx, { reference: `topup:${input.topUpId}:return:${input.key}` });
    if (row && fresh) {
      await tx.db.topUp.update({ where: { id: row.id }, data: { returnedCents: { decrement: input.amount } } });
      await settleReturn(tx, input.key);
      await reportIfClosed(tx, { ownerId: row.ownerId, amount: input.amount, what: `return ${input.key}` });
    }
    return { status: "failed" };
  });
}
