import type { Withdrawal } from "#prisma";
import type { Ctx } from "../../context.ts";
import type { Listed, ListFilter, Payment, Payout, Transfer } from "../../ports/payments.ts";
import { bookUntilItHolds } from "../events/book-until-it-holds.ts";
import { bookChargeback } from "../events/chargeback.ts";
import { bookPayout } from "../events/payout.ts";
import { bookRefund } from "../events/refund.ts";
import { bookTransfer } from "../events/transfer.ts";
import { takeTransferBack } from "../fail-withdrawal.ts";
import { reachPayments } from "../reach-payments.ts";
import { settleTopUp } from "../settle-top-up.ts";
import { attempt, type ReconcileReport, windowStart } from "./report.ts";

/** Payments: each that arrived must be booked for its top-up, once. */
export async function matchPayments(ctx: Ctx, report: ReconcileReport, hours: number): Promise<void> {
  const since = await windowStart(ctx, hours);
  await matchEach(ctx, report, "payment", { since }, (payment) => matchPayment(ctx, report, payment));
}

async function matchPayment(ctx: Ctx, report: ReconcileReport, payment: Payment): Promise<void> {
  const { topUpId } = payment.metadata;
  if (!topUpId || payment.status !== "succeeded") return;
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

/** Refunds and chargebacks: what went back to cards must have left the books. */
export async function matchMoneyBack(ctx: Ctx, report: ReconcileReport, hours: number): Promise<void> {
  const since = await windowStart(ctx, hours);
  const payments = reachPayments(ctx);
  await matchEach(ctx, report, "refund", { since }, (refund) => {
    // Ours are many, and looked at again where it matters.
    if (refund.metadata.returnKey) return bookRefund(ctx, refund);
    return bookUntilItHolds(
      () => payments.getRefund(refund.id),
      (now) => bookRefund(ctx, now),
      refund,
    );
  });
  await matchEach(ctx, report, "dispute", { since }, (dispute) =>
    bookUntilItHolds(
      () => payments.getDispute(dispute.id),
      (now) => bookChargeback(ctx, now),
      dispute,
    ),
  );
}

/** Transfers: each belongs to one withdrawal, and none is out for one that failed. */
export async function matchTransfers(ctx: Ctx, report: ReconcileReport, hours: number): Promise<void> {
  const since = await windowStart(ctx, hours);
  await matchEach(ctx, report, "transfer", { since }, (transfer) => matchTransfer(ctx, report, transfer));
}

async function matchTransfer(ctx: Ctx, report: ReconcileReport, transfer: Transfer): Promise<void> {
  const { withdrawalId } = transfer.metadata;
  if (!withdrawalId) return;
  const row = await ctx.db.withdrawal.findUnique({ where: { id: withdrawalId } });
  const left = transfer.amountCents - transfer.reversedCents;
  if (!row) report.unresolved.push(`transfer ${transfer.id} is for withdrawal ${withdrawalId}, which does not exist`);
  else if (row.status === "failed" && left > 0) {
    const isBack = await takeTransferBack(ctx, withdrawalId, transfer.id);
    if (isBack) report.repaired.push(`withdrawal ${withdrawalId} has failed: ${transfer.id} was taken back`);
    else report.unresolved.push(`withdrawal ${withdrawalId} has failed, but ${left} cents of ${transfer.id} are out`);
  } else if (row.transferId === null && left > 0) {
    await bookTransfer(ctx, transfer);
    report.repaired.push(`withdrawal ${withdrawalId} was transferred by ${transfer.id}`);
  } else if (row.transferId !== transfer.id && left > 0) {
    report.unresolved.push(`withdrawal ${withdrawalId} was transferred twice: ${row.transferId} and ${transfer.id}`);
  } else if (left === 0 && waitsFor(row, transfer)) {
    await bookTransfer(ctx, transfer);
    report.repaired.push(`withdrawal ${withdrawalId} has failed: ${transfer.id} was taken back`);
  }
}

/** Whether a withdrawal is still to be paid out from what this transfer has brought. */
function waitsFor(row: Withdrawal, { id }: Transfer): boolean {
  const underWay = row.status === "requested" || row.status === "processing";
  return underWay && row.payoutId === null && (row.transferId === null || row.transferId === id);
}

/** Payouts of every account that withdrew lately, also those a bank returned after they were paid. */
export async function matchPayouts(ctx: Ctx, report: ReconcileReport, hours: number): Promise<void> {
  const accounts = await ctx.db.$queryRaw<{ id: string }[]>`
    select distinct c.stripe_account_id as id from withdrawal w join connect_account c on c.owner_id = w.owner_id
    where w.status in ('requested', 'processing') or w.created_at > city_now() - make_interval(hours => ${hours})`;
  const since = await windowStart(ctx, hours);
  for (const { id } of accounts) {
    await matchEach(ctx, report, "payout", { since, accountId: id }, (payout) => matchPayout(ctx, report, payout));
  }
}

async function matchPayout(ctx: Ctx, report: ReconcileReport, payout: Payout): Promise<void> {
  const find = () => ctx.db.withdrawal.findUnique({ where: { id: payout.metadata.withdrawalId ?? "" } });
  const row = await find();
  if (!row || isInLine(row, payout)) return;
  await bookPayout(ctx, payout);
  const now = await find();
  const what = `withdrawal ${row.id}, ${now?.status}, met its payout ${payout.id}, ${payout.status}`;
  if (now && isInLine(now, payout)) report.repaired.push(what);
  else report.unresolved.push(what);
}

/** Whether a withdrawal says what its payout says: money at a bank, or on its way there, is of none that failed. */
function isInLine(row: Withdrawal, { id, status }: Payout): boolean {
  const returned = status === "failed" || status === "canceled";
  if (returned) return row.status === "failed" || (row.payoutId !== null && row.payoutId !== id);
  return row.payoutId === id && (status === "paid" ? row.status === "paid" : row.status !== "failed");
}

/** Looks at all of one kind, each by itself: one that cannot be matched stops neither the others nor the other kinds. */
async function matchEach<K extends keyof Listed>(
  ctx: Ctx,
  report: ReconcileReport,
  kind: K,
  filter: ListFilter,
  match: (item: Listed[K]) => Promise<void>,
): Promise<void> {
  await attempt(report, `list of each ${kind}`, async () => {
    for await (const item of reachPayments(ctx).list(kind, filter)) {
      report.checked += 1;
      await attempt(report, item.id, () => match(item));
    }
  });
}
