import type { TopUp } from "#prisma";
import { type Ctx, cityNow, inTransaction } from "../context.ts";
import { creditTopUp } from "../ledger/credit-top-up.ts";
import type { Payment } from "../ports/payments.ts";
import { endAutoTopUp } from "./end-auto-top-up.ts";
import { failTopUp } from "./fail-top-up.ts";
import { reachPayments } from "./reach-payments.ts";
import { reportIfClosed } from "./report-if-closed.ts";
import { noteSavedCard } from "./saved-card.ts";

export type TopUpState = "unknown" | "pending" | "paid" | "failed" | "mismatch";

/** Reads a payment again and brings the top-up it belongs to in line with it. In any order, any number of times. */
export async function settleTopUp(ctx: Ctx, input: { paymentId: string; topUpId?: string }): Promise<TopUpState> {
  const payment = await reachPayments(ctx).getPayment(input.paymentId);
  const topUpId = input.topUpId ?? payment.metadata.topUpId;
  if (!topUpId) return "unknown";
  if (payment.status === "succeeded") return bookPayment(ctx, { topUpId, payment });
  const row = await ctx.db.topUp.findUnique({ where: { id: topUpId } });
  if (!row) return "unknown";
  // A declined try on the payment page is not the end: the payer may take another card.
  const final = payment.status === "canceled" || (payment.status === "failed" && row.kind !== "checkout");
  if (!final) return "pending";
  await failTopUp(ctx, { topUpId, status: "failed", reason: payment.declineCode ?? payment.status });
  return "failed";
}

/**
 * Books a payment that has arrived: row and ledger in one transaction, once. Even where the row was given up before,
 * because the money is there. A payment of another amount is not booked but reported: someone must look.
 */
export async function bookPayment(ctx: Ctx, input: { topUpId: string; payment: Payment }): Promise<TopUpState> {
  const { payment } = input;
  return inTransaction(ctx, async (tx) => {
    const row = await lockTopUp(tx, input.topUpId);
    if (!row) return "unknown";
    if (row.status === "paid" || row.status === "charged_back") return "paid";
    if (payment.receivedCents !== row.amount) {
      tx.log.error(
        { topUpId: row.id, expected: row.amount, received: payment.receivedCents },
        "top-up of another amount",
      );
      return "mismatch";
    }
    await tx.db.topUp.update({
      where: { id: row.id },
      data: {
        status: "paid",
        paymentIntentId: payment.id,
        settledAt: await cityNow(tx),
        failure: null,
        // Its request may have been tried again, and goes on with another row by now.
        ...(row.status !== "pending" && { requestKey: null }),
      },
    });
    await creditTopUp(tx, { topUpId: row.id, ownerId: row.ownerId, amount: row.amount });
    if (row.kind === "checkout" && payment.card) await noteSavedCard(tx, row.ownerId, payment.card);
    await endAutoTopUp(tx, { topUpId: row.id, outcome: "paid" });
    await reportIfClosed(tx, { ownerId: row.ownerId, amount: row.amount, what: `top-up ${row.id}` });
    return "paid";
  });
}

/** The id of the top-up a payment was for, booked by now: an event about its end may overtake the one about its arrival. */
export async function settledTopUpOf(ctx: Ctx, paymentId: string): Promise<string | null> {
  await settleTopUp(ctx, { paymentId });
  const row = await ctx.db.topUp.findUnique({ where: { paymentIntentId: paymentId }, select: { id: true } });
  return row?.id ?? null;
}

/** Locks a top-up for the rest of the transaction: its owner first, then its row; everyone in that order. */
export async function lockTopUp(ctx: Ctx, id: string): Promise<TopUp | null> {
  await ctx.db.$queryRaw`
    select 1 from owner where id = (select owner_id from top_up where id = ${id}) for no key update`;
  await ctx.db.$queryRaw`select 1 from top_up where id = ${id} for update`;
  return ctx.db.topUp.findUnique({ where: { id } });
}
