import { type Ctx, inTransaction } from "../context.ts";
import type { Cents } from "../kernel/money.ts";
import { undoMove } from "../ledger/undo-move.ts";
import { isPaymentError } from "../ports/payments/payment-error.ts";
import { callOnce } from "./call-once.ts";
import { findListed } from "./find-listed.ts";
import { reachPayments } from "./reach-payments.ts";
import { lockTopUp } from "./settle-top-up.ts";

export type TopUpReturn = { topUpId: string; key: string; amount: Cents };

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
    return { status: refund.status };
  } catch (error) {
    if (isPaymentError(error) && error.outcome === "refused") return undoReturn(ctx, input);
    throw error;
  }
}

/** The money did not reach the card: it is in the pool again. Once. */
export async function undoReturn(ctx: Ctx, input: TopUpReturn): Promise<{ status: string }> {
  return inTransaction(ctx, async (tx) => {
    await lockTopUp(tx, input.topUpId);
    const { fresh } = await undoMove(tx, { reference: `topup:${input.topUpId}:return:${input.key}` });
    if (fresh) {
      await tx.db.topUp.update({ where: { id: input.topUpId }, data: { returnedCents: { decrement: input.amount } } });
    }
    return { status: "failed" };
  });
}
