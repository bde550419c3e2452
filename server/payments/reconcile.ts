import type { Ctx } from "../context.ts";
import { finishReturns, finishTopUps, finishWithdrawals, refreshAccounts, repeatEvents } from "./reconcile/ours.ts";
import type { ReconcileReport } from "./reconcile/report.ts";
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
  await matchPayments(ctx, report);
  await matchMoneyBack(ctx, report);
  await matchTransfers(ctx, report);
  await matchPayouts(ctx, report);
  await finishTopUps(ctx, report, minutes);
  await finishReturns(ctx, report, minutes);
  await finishWithdrawals(ctx, report, minutes);
  await refreshAccounts(ctx, report);
  for (const problem of report.unresolved) ctx.log.error({ problem }, "payments do not match");
  return report;
}
