import { type Ctx, inTransaction } from "../context.ts";
import { failPayout } from "../ledger/fail-payout.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import { isPaymentError } from "../ports/payments/payment-error.ts";
import { callOnce } from "./call-once.ts";
import { reachPayments } from "./reach-payments.ts";
import { refusalText } from "./refusal-text.ts";
import { reportIfClosed } from "./report-if-closed.ts";

/**
 * Ends a withdrawal that cannot reach the bank: what was transferred is taken back first, then the earnings return to
 * their wallets (debts first). While the transfer cannot be taken back the withdrawal stays as it is and says why, among
 * the payouts that operators see: the money is at the card company, so it must not be in the wallet too. Reconciliation
 * tries again.
 */
export async function failWithdrawal(
  ctx: Ctx,
  input: { withdrawalId: string; reason: string },
): Promise<{ state: "failed" | "processing" | "unknown" }> {
  const row = await ctx.db.withdrawal.findUnique({ where: { id: input.withdrawalId } });
  if (!row) return { state: "unknown" };
  if (row.status === "failed") return { state: "failed" };
  if (row.transferId && !(await takeTransferBack(ctx, row.id, row.transferId))) return { state: "processing" };
  const ended = await inTransaction(ctx, async (tx) => {
    const { count } = await tx.db.withdrawal.updateMany({
      where: { id: row.id, status: { not: "failed" }, transferId: row.transferId },
      data: { status: "failed", failure: input.reason, paidAt: null },
    });
    if (count === 0) return false;
    await failPayout(tx, { withdrawalId: row.id });
    const reason = refusalText(input.reason);
    await notifyOwner(tx, row.ownerId, { kind: "withdrawal_failed", amount: row.amount, reason });
    await reportIfClosed(tx, { ownerId: row.ownerId, amount: row.amount, what: `withdrawal ${row.id}` });
    return true;
  });
  // Somebody else has ended it, or has recorded a transfer that must be taken back first.
  return ended ? { state: "failed" } : failWithdrawal(ctx, input);
}

/** @returns whether all of it is back. */
export async function takeTransferBack(ctx: Ctx, withdrawalId: string, transferId: string): Promise<boolean> {
  const payments = reachPayments(ctx);
  const transfer = await payments.getTransfer(transferId);
  const left = transfer.amountCents - transfer.reversedCents;
  if (left === 0) return true;
  try {
    await callOnce(ctx, {
      intent: `withdrawal:${withdrawalId}:reversal:${transferId}`,
      call: (key) => payments.reverseTransfer({ transferId, amountCents: left, metadata: { withdrawalId } }, key),
      find: async () => {
        const now = await payments.getTransfer(transferId);
        return now.reversedCents === now.amountCents ? now : null;
      },
    });
    return true;
  } catch (error) {
    if (!isPaymentError(error) || error.outcome !== "refused") throw error;
    const failure = `The payout failed, and the card company does not give the money back yet: ${error.reason}.`;
    await ctx.db.withdrawal.updateMany({ where: { id: withdrawalId, status: { not: "failed" } }, data: { failure } });
    ctx.log.error(
      { withdrawalId, transferId, reason: error.reason },
      "a failed withdrawal's transfer cannot be taken back",
    );
    return false;
  }
}
