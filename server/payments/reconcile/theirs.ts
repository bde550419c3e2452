import type { Ctx } from "../../context.ts";
import { bookChargeback } from "../events/chargeback.ts";
import { bookPayout } from "../events/payout.ts";
import { bookRefund } from "../events/refund.ts";
import { bookTransfer } from "../events/transfer.ts";
import { reachPayments } from "../reach-payments.ts";
import { settleTopUp } from "../settle-top-up.ts";
import { attempt, type ReconcileReport, WINDOW_HOURS, windowStart } from "./report.ts";

/** Payments: each that arrived must be booked for its top-up, once. */
export async function matchPayments(ctx: Ctx, report: ReconcileReport): Promise<void> {
  for await (const payment of reachPayments(ctx).list("payment", { since: windowStart() })) {
    report.checked += 1;
    const { topUpId } = payment.metadata;
    if (!topUpId || payment.status !== "succeeded") continue;
    const row = await ctx.db.topUp.findUnique({ where: { id: topUpId } });
    if (!row) report.unresolved.push(`payment ${payment.id} is for top-up ${topUpId}, which does not exist`);
    else if (row.status === "pending" || row.status === "failed" || row.status === "expired") {
      const state = await settleTopUp(ctx, { topUpId, paymentId: payment.id });
      if (state === "paid") report.repaired.push(`top-up ${topUpId} was paid by ${payment.id}`);
      else report.unresolved.push(`top-up ${topUpId} of ${row.amount} met a payment of ${payment.receivedCents}`);
    } else if (row.paymentIntentId !== payment.id) {
      report.unresolved.push(`top-up ${topUpId} was paid twice: ${row.paymentIntentId} and ${payment.id}`);
    }
  }
}

/** Refunds and chargebacks: what went back to cards must have left the books. */
export async function matchMoneyBack(ctx: Ctx, report: ReconcileReport): Promise<void> {
  for await (const refund of reachPayments(ctx).list("refund", { since: windowStart() })) {
    report.checked += 1;
    await attempt(report, refund.id, () => bookRefund(ctx, refund));
  }
  for await (const dispute of reachPayments(ctx).list("dispute", { since: windowStart() })) {
    report.checked += 1;
    await attempt(report, dispute.id, () => bookChargeback(ctx, dispute));
  }
}

/** Transfers: each belongs to one withdrawal, and none is out for one that failed. */
export async function matchTransfers(ctx: Ctx, report: ReconcileReport): Promise<void> {
  for await (const transfer of reachPayments(ctx).list("transfer", { since: windowStart() })) {
    report.checked += 1;
    const { withdrawalId } = transfer.metadata;
    if (!withdrawalId) continue;
    const row = await ctx.db.withdrawal.findUnique({ where: { id: withdrawalId } });
    const left = transfer.amountCents - transfer.reversedCents;
    if (!row) report.unresolved.push(`transfer ${transfer.id} is for withdrawal ${withdrawalId}, which does not exist`);
    else if (row.status === "failed" && left > 0) {
      report.unresolved.push(`withdrawal ${withdrawalId} has failed, but ${left} cents of ${transfer.id} are out`);
    } else if (row.transferId === null && left > 0) {
      await bookTransfer(ctx, transfer);
      report.repaired.push(`withdrawal ${withdrawalId} was transferred by ${transfer.id}`);
    } else if (row.transferId !== transfer.id && left > 0) {
      report.unresolved.push(`withdrawal ${withdrawalId} was transferred twice: ${row.transferId} and ${transfer.id}`);
    }
  }
}

/** Payouts of every account that withdrew lately, also those a bank returned after they were paid. */
export async function matchPayouts(ctx: Ctx, report: ReconcileReport): Promise<void> {
  const accounts = await ctx.db.$queryRaw<{ id: string }[]>`
    select distinct c.stripe_account_id as id from withdrawal w join connect_account c on c.owner_id = w.owner_id
    where w.status in ('requested', 'processing') or w.created_at > city_now() - make_interval(hours => ${WINDOW_HOURS})`;
  for (const { id } of accounts) {
    for await (const payout of reachPayments(ctx).list("payout", { since: windowStart(), accountId: id })) {
      report.checked += 1;
      const row = await ctx.db.withdrawal.findUnique({ where: { id: payout.metadata.withdrawalId ?? "" } });
      const returned = payout.status === "failed" || payout.status === "canceled";
      const inLine = returned ? row?.status === "failed" : payout.status !== "paid" || row?.status === "paid";
      if (!row || (inLine && row.payoutId !== null)) continue;
      await attempt(report, payout.id, () => bookPayout(ctx, payout));
      report.repaired.push(`withdrawal ${row.id} met its payout ${payout.id}, ${payout.status}`);
    }
  }
}
