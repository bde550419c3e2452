import type { TopUp } from "#prisma";
import type { Ctx } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { formatCents } from "../kernel/money.ts";
import { isPaymentError } from "../ports/payments/payment-error.ts";
import type { Payment } from "../ports/payments.ts";
import { callOnce } from "./call-once.ts";
import { ensureCustomer } from "./ensure-customer.ts";
import { failTopUp } from "./fail-top-up.ts";
import { findListed } from "./find-listed.ts";
import { reachPayments } from "./reach-payments.ts";
import { bookPayment } from "./settle-top-up.ts";

/**
 * Charges the saved card for a top-up whose row is committed, and books what came of it. Repeating it charges once: the
 * key is the row's id. A decline is recorded and thrown; without an answer the row stays pending for reconciliation.
 */
export async function chargeTopUp(ctx: Ctx, row: TopUp): Promise<void> {
  const customerId = await ensureCustomer(ctx, row.ownerId);
  const payment = await askForMoney(ctx, row, customerId);
  if (payment.status === "succeeded") {
    await bookPayment(ctx, { topUpId: row.id, payment });
    return;
  }
  if (payment.status === "processing") {
    throw new CityError("UNAVAILABLE", "The bank is still deciding. The credits arrive as soon as it has.", {
      retryAfter: 60,
    });
  }
  const reason = payment.declineCode ?? payment.status;
  await failTopUp(ctx, { topUpId: row.id, status: "failed", reason });
  throw new CityError("PAYMENT_DECLINED", "The card was declined.", { details: { reason } });
}

async function askForMoney(ctx: Ctx, row: TopUp, customerId: string): Promise<Payment> {
  const charge = {
    customerId,
    amountCents: row.amount,
    description: `AI City credits, ${formatCents(row.amount)}`,
    metadata: { topUpId: row.id, ownerId: row.ownerId },
  };
  try {
    return await callOnce(ctx, {
      intent: `topup:${row.id}`,
      call: (key) => reachPayments(ctx).chargeSavedCard(charge, key),
      find: () => findListed(ctx, "payment", { createdAt: row.createdAt, metadata: { topUpId: row.id } }),
    });
  } catch (error) {
    if (isPaymentError(error) && error.outcome === "refused") {
      await failTopUp(ctx, { topUpId: row.id, status: "failed", reason: error.reason });
    }
    throw error;
  }
}
