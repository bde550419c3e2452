import type { Ctx } from "../../context.ts";
import type { TopUpReturn } from "../card-returns.ts";
import { bookRefund } from "../events/refund.ts";
import { failTopUp } from "../fail-top-up.ts";
import { findListed } from "../find-listed.ts";
import { handleStripeEvent } from "../handle-stripe-event.ts";
import { processWithdrawal } from "../process-withdrawal.ts";
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

/** Top-ups without an outcome: paid after all, or given up. */
export async function finishTopUps(ctx: Ctx, report: ReconcileReport, minutes: number): Promise<void> {
  const rows = await ctx.db.$queryRaw<{ id: string; kind: string; createdAt: Date; old: boolean }[]>`
    select id, kind, created_at as "createdAt", created_at < city_now() - make_interval(hours => ${CHECKOUT_HOURS}) as old
    from top_up where status = 'pending' and created_at <= city_now() - make_interval(mins => ${minutes})
    order by created_at limit 500`;
  for (const row of rows) {
    report.checked += 1;
    await attempt(report, `top-up ${row.id}`, async () => {
      const payment = await findListed(ctx, "payment", { createdAt: row.createdAt, metadata: { topUpId: row.id } });
      if (payment) return settleTopUp(ctx, { topUpId: row.id, paymentId: payment.id });
      // No payment: a page can still be paid for a day; a saved card was never charged.
      if (!row.old && row.kind === "checkout") return;
      const status = row.kind === "checkout" ? "expired" : "failed";
      await failTopUp(ctx, { topUpId: row.id, status, reason: "no_payment" });
      report.repaired.push(`top-up ${row.id} came to nothing`);
    });
  }
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
      await sendReturn(ctx, asked);
      report.repaired.push(`return ${asked.key} of top-up ${asked.topUpId} was sent late`);
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

/** Bank connections that are not ready as far as we know. */
export async function refreshAccounts(ctx: Ctx, report: ReconcileReport): Promise<void> {
  const rows = await ctx.db.connectAccount.findMany({ where: { payoutsEnabled: false }, take: 500 });
  for (const { stripeAccountId } of rows) {
    report.checked += 1;
    await attempt(report, stripeAccountId, () => syncConnectAccount(ctx, { accountId: stripeAccountId }));
  }
}
