import { type Ctx, cityNow, inTransaction } from "../context.ts";
import { settlePayout } from "../ledger/settle-payout.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { Payout } from "../ports/payments.ts";
import { failWithdrawal } from "./fail-withdrawal.ts";
import type { WithdrawalState } from "./process-withdrawal.ts";
import { reachPayments } from "./reach-payments.ts";

/**
 * Brings the books in line with a withdrawal's payout, which is read again unless the caller has just done so: paid, failed,
 * or still on its way. Also when a bank returns a payout that was reported paid. In any order, any number of times.
 */
export async function settleWithdrawal(
  ctx: Ctx,
  input: { withdrawalId: string; payout?: Payout },
): Promise<{ state: WithdrawalState }> {
  const row = await ctx.db.withdrawal.findUnique({ where: { id: input.withdrawalId } });
  if (!row) return { state: "unknown" };
  if (row.status === "failed") return { state: "failed" };
  if (!row.payoutId) return { state: "processing" };
  const payout = input.payout ?? (await readPayout(ctx, row.ownerId, row.payoutId));
  if (payout.status === "failed" || payout.status === "canceled") {
    const reason = payout.failureMessage ?? payout.failureCode ?? `The payout was ${payout.status}.`;
    return failWithdrawal(ctx, { withdrawalId: row.id, reason });
  }
  if (payout.status !== "paid") return { state: "processing" };
  await inTransaction(ctx, async (tx) => {
    const { count } = await tx.db.withdrawal.updateMany({
      where: { id: row.id, status: { in: ["requested", "processing"] } },
      data: { status: "paid", paidAt: await cityNow(tx), failure: null },
    });
    if (count === 0) return;
    await settlePayout(tx, { withdrawalId: row.id });
    await notifyOwner(tx, row.ownerId, { kind: "withdrawal_paid", amount: row.amount });
  });
  return { state: "paid" };
}

async function readPayout(ctx: Ctx, ownerId: string, payoutId: string): Promise<Payout> {
  const account = await ctx.db.connectAccount.findUniqueOrThrow({ where: { ownerId } });
  return reachPayments(ctx).getPayout(account.stripeAccountId, payoutId);
}
