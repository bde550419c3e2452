import type { Ctx } from "../context.ts";
import { RECONCILIATION_LOCK } from "../db/advisory-locks.ts";
import { onlyOne } from "../db/only-one.ts";
import { finishReturns, finishTopUps, finishWithdrawals, refreshAccounts, repeatEvents } from "./reconcile/ours.ts";
import { LATE_HOURS, type ReconcileReport, WINDOW_HOURS } from "./reconcile/report.ts";
import { matchMoneyBack, matchPayments, matchPayouts, matchTransfers } from "./reconcile/theirs.ts";

/** Younger rows may still be in the hands of the call that made them. */
const SETTLING_MINUTES = 5;

/**
 * Compares the card company's lists with our rows, both ways, and repairs every difference it has a rule for: lost
 * answers, lost webhooks, work that was given up. Does nothing where all is well. What it cannot mend it reports and logs
 * as an error.
 */
export async function reconcilePayments(ctx: Ctx, input: { settlingMinutes?: number } = {}): Promise<ReconcileReport> {
  const report: ReconcileReport = { checked: 0, repaired: [], unresolved: [] };
  const minutes = input.settlingMinutes ?? SETTLING_MINUTES;
  await repeatEvents(ctx, report, minutes);
  await matchPayments(ctx, report, WINDOW_HOURS);
  await matchMoneyBack(ctx, report, WINDOW_HOURS);
  await matchTransfers(ctx, report, WINDOW_HOURS);
  await matchPayouts(ctx, report, WINDOW_HOURS);
  await finishTopUps(ctx, report, minutes);
  await finishReturns(ctx, report, minutes);
  await finishWithdrawals(ctx, report, minutes);
  await refreshAccounts(ctx, report);
  return tell(ctx, report);
}

/** A round, unless the one before is still at it, which may take longer than the time between two. */
export function reconcileInTurn(ctx: Ctx): Promise<ReconcileReport | null> {
  return onlyOne(ctx.pool, RECONCILIATION_LOCK, () => reconcilePayments(ctx));
}

/**
 * The same for what ends long after it was made: refunds and payouts that a bank returns, disputes that it decides; and what
 * no round could mend in its time, so that it is named each night. Before cash is compared.
 */
export async function reconcileLateOutcomes(ctx: Ctx): Promise<ReconcileReport> {
  const report: ReconcileReport = { checked: 0, repaired: [], unresolved: [] };
  await matchPayments(ctx, report, LATE_HOURS);
  await matchMoneyBack(ctx, report, LATE_HOURS);
  await matchTransfers(ctx, report, LATE_HOURS);
  await matchPayouts(ctx, report, LATE_HOURS);
  return tell(ctx, report);
}

function tell(ctx: Ctx, report: ReconcileReport): ReconcileReport {
  for (const problem of report.unresolved) ctx.log.error({ problem }, "payments do not match");
  return report;
}
