import type { TopUpKind } from "#prisma";
import type { Ctx } from "../../context.ts";
import type { TopUpReturn } from "../card-returns.ts";
import { chargeAutoTopUp } from "../charge-auto-top-up.ts";
import { bookRefund } from "../events/refund.ts";
import { failTopUp } from "../fail-top-up.ts";
import { findListed } from "../find-listed.ts";
import { handleStripeEvent } from "../handle-stripe-event.ts";
import { processWithdrawal } from "../process-withdrawal.ts";
import { reachPayments } from "../reach-payments.ts";
import { sendReturn } from "../send-return.ts";
import { settleTopUp } from "../settle-top-up.ts";
import { syncConnectAccount } from "../sync-connect-account.ts";
import { attempt, type ReconcileReport } from "./report.ts";

/** A payment page lives for 24 hours. */
const CHECKOUT_HOURS = 25;

/** Events that were recorded and never handled. */
export async function repeatEvents(ctx: Ctx, report: ReconcileReport, minutes: number): Promise<void> {
  const events = await ctx.db.$queryRaw<{ id: string; type: string }[]>`
    select id, type from stripe_event
    where handled_at is null and received_at <= city_now() - make_interval(mins => ${minutes})
    order by received_at limit 500`;
  for (const { id, type } of events) {
    report.checked += 1;
    const done = await attempt(report, `event ${id}`, () => handleStripeEvent(ctx, { eventId: id }));
    if (done?.handled) report.repaired.push(`${type} ${id} was handled late`);
  }
}

type PendingTopUp = { id: string; kind: TopUpKind; checkoutId: string | null; createdAt: Date };

/**
 * Top-ups without an outcome: paid after all, or given up. Payment pages only when their day is over: until then the list
 * of payments says all there is to know of them.
 */
export async function finishTopUps(ctx: Ctx, report: ReconcileReport, minutes: number): Promise<void> {
  const rows = await ctx.db.$queryRaw<PendingTopUp[]>`
    select id, kind, checkout_id as "checkoutId", created_at as "createdAt" from top_up
    where status = 'pending' and created_at <= city_now() - case kind
      when 'checkout' then make_interval(hours => ${CHECKOUT_HOURS}) else make_interval(mins => ${minutes}) end
    order by created_at limit 500`;
  for (const row of rows) {
    report.checked += 1;
    await attempt(report, `top-up ${row.id}`, async () => {
      const what = row.kind === "checkout" ? await finishCheckout(ctx, row) : await finishCharge(ctx, row);
      if (what) report.repaired.push(`top-up ${row.id} ${what}`);
    });
  }
}

const NOTHING = "came to nothing";

async function finishCheckout(ctx: Ctx, { id, checkoutId }: PendingTopUp): Promise<string | null> {
  // Without its id nobody has been sent to the page.
  const checkout = checkoutId && (await reachPayments(ctx).getCheckout(checkoutId));
  if (checkout && checkout.status === "complete") {
    if (checkout.paymentId) await settleTopUp(ctx, { topUpId: id, paymentId: checkout.paymentId });
    return null;
  }
  await failTopUp(ctx, { topUpId: id, status: "expired", reason: "no_payment" });
  return NOTHING;
}

async function finishCharge(ctx: Ctx, { id, kind, createdAt }: PendingTopUp): Promise<string | null> {
  const payment = await findListed(ctx, "payment", { createdAt, metadata: { topUpId: id } });
  if (payment) {
    await settleTopUp(ctx, { topUpId: id, paymentId: payment.id });
    return null;
  }
  if (kind === "auto") return finishAutoCharge(ctx, id);
  await failTopUp(ctx, { topUpId: id, status: "failed", reason: "no_payment" });
  return NOTHING;
}

/** Nobody asks again for this one, and that there was no answer says nothing about the card. */
async function finishAutoCharge(ctx: Ctx, topUpId: string): Promise<string> {
  const { status } = await chargeAutoTopUp(ctx, { topUpId });
  if (status !== "unwanted") return `was charged late: ${status}`;
  await failTopUp(ctx, { topUpId, status: "failed", reason: "unwanted", dropped: true });
  return "was dropped: nobody wants it any more";
}

/** Card money on its way back: whether it was ever asked for, and how that ended. */
export async function finishReturns(ctx: Ctx, report: ReconcileReport, minutes: number): Promise<void> {
  const rows = await ctx.db.$queryRaw<(TopUpReturn & { createdAt: Date })[]>`
    select r.top_up_id as "topUpId", r.key, r.amount, u.created_at as "createdAt"
    from payments.card_return r join top_up u on u.id = r.top_up_id
    where r.settled_at is null and r.asked_at <= city_now() - make_interval(mins => ${minutes})
    order by r.asked_at limit 500`;
  for (const { createdAt, ...asked } of rows) {
    report.checked += 1;
    await attempt(report, `return ${asked.key}`, async () => {
      const metadata = { topUpId: asked.topUpId, returnKey: asked.key };
      const refund = await findListed(ctx, "refund", { createdAt, metadata });
      if (refund) return bookRefund(ctx, refund);
      const { status } = await sendReturn(ctx, asked);
      if (status === "waiting") return;
      report.repaired.push(`return ${asked.key} of top-up ${asked.topUpId} was asked for late: ${status}`);
    });
  }
}

/** Withdrawals that wait for money, or whose work was given up. */
export async function finishWithdrawals(ctx: Ctx, report: ReconcileReport, minutes: number): Promise<void> {
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    select id from withdrawal
    where status in ('requested', 'processing') and created_at <= city_now() - make_interval(mins => ${minutes})
    order by created_at limit 500`;
  for (const { id } of rows) {
    report.checked += 1;
    const result = await attempt(report, `withdrawal ${id}`, () => processWithdrawal(ctx, { withdrawalId: id }));
    if (result?.state === "paid" || result?.state === "failed")
      report.repaired.push(`withdrawal ${id} is ${result.state}`);
  }
}

/** Bank connections that are not ready as far as we know; those that were looked at least lately come first. */
export async function refreshAccounts(ctx: Ctx, report: ReconcileReport): Promise<void> {
  const rows = await ctx.db.connectAccount.findMany({
    where: { payoutsEnabled: false },
    orderBy: { updatedAt: "asc" },
    take: 500,
  });
  for (const { stripeAccountId } of rows) {
    report.checked += 1;
    await attempt(report, stripeAccountId, () => syncConnectAccount(ctx, { accountId: stripeAccountId }));
  }
}
