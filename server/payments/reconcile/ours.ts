import type { Ctx } from "../../context.ts";
import { failTopUp } from "../fail-top-up.ts";
import { findListed } from "../find-listed.ts";
import { handleStripeEvent } from "../handle-stripe-event.ts";
import { processWithdrawal } from "../process-withdrawal.ts";
import { sendReturn } from "../send-return.ts";
import { settleTopUp } from "../settle-top-up.ts";
import { syncConnectAccount } from "../sync-connect-account.ts";
import { attempt, type ReconcileReport, WINDOW_HOURS } from "./report.ts";

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
    const find = () => findListed(ctx, "payment", { createdAt: row.createdAt, metadata: { topUpId: row.id } });
    const payment = await find();
    if (payment) await attempt(report, row.id, () => settleTopUp(ctx, { topUpId: row.id, paymentId: payment.id }));
    // No payment: a page can still be paid for a day; a saved card was never charged.
    else if (row.old || row.kind !== "checkout") {
      const status = row.kind === "checkout" ? "expired" : "failed";
      await failTopUp(ctx, { topUpId: row.id, status, reason: "no_payment" });
      report.repaired.push(`top-up ${row.id} came to nothing`);
    }
  }
}

/** Card money that left a pool and was never asked back at the card company. */
export async function finishReturns(ctx: Ctx, report: ReconcileReport, minutes: number): Promise<void> {
  const rows = await ctx.db.$queryRaw<{ topUpId: string; key: string; amount: bigint; createdAt: Date }[]>`
    select u.id as "topUpId", split_part(t.reference, ':', 4) as key, p.amount, u.created_at as "createdAt"
    from ledger.transaction t join ledger.posting p on p.transaction_id = t.id
    join top_up u on u.id = split_part(t.reference, ':', 2)
    where t.kind = 'return' and t.at between city_now() - make_interval(hours => ${WINDOW_HOURS})
      and city_now() - make_interval(mins => ${minutes})
      and not exists (select from ledger.transaction r where r.reverses = t.id)`;
  for (const { topUpId, key, amount, createdAt } of rows) {
    report.checked += 1;
    if (await findListed(ctx, "refund", { createdAt, metadata: { topUpId, returnKey: key } })) continue;
    const sent = await attempt(report, `return ${key}`, () =>
      sendReturn(ctx, { topUpId, key, amount: Number(amount) }),
    );
    if (sent) report.repaired.push(`return ${key} of top-up ${topUpId} was sent late`);
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
