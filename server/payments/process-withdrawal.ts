import type { Withdrawal } from "#prisma";
import type { Ctx } from "../context.ts";
import { isPaymentError } from "../ports/payments/payment-error.ts";
import { callOnce } from "./call-once.ts";
import { failWithdrawal, takeTransferBack } from "./fail-withdrawal.ts";
import { findListed } from "./find-listed.ts";
import { reachPayments } from "./reach-payments.ts";
import { settleWithdrawal } from "./settle-withdrawal.ts";

export type WithdrawalState = "waiting" | "processing" | "paid" | "failed" | "unknown";

/** What the owner reads while the money is still on its way to the balance that each step takes it from. */
const WAITING = {
  transfer: "Waiting for card payments to arrive in the city's balance.",
  payout: "Waiting for the transfer to arrive in your Stripe balance.",
};

/**
 * Moves a withdrawal on: a transfer to the seller's account, then a payout to the bank, each recorded as soon as it is
 * known. Any part may be repeated; the keys make the card company do it once. `waiting`: try again later.
 * Throws while an outcome is unknown: repeat.
 */
export async function processWithdrawal(
  ctx: Ctx,
  input: { withdrawalId: string },
): Promise<{ state: WithdrawalState }> {
  const row = await ctx.db.withdrawal.findUnique({ where: { id: input.withdrawalId } });
  if (!row) return { state: "unknown" };
  if (row.status === "paid" || row.status === "failed") return { state: row.status };
  if (row.payoutId) return settleWithdrawal(ctx, { withdrawalId: row.id });
  const account = await ctx.db.connectAccount.findUniqueOrThrow({ where: { ownerId: row.ownerId } });

  const accountId = account.stripeAccountId;
  const metadata = { withdrawalId: row.id, ownerId: row.ownerId };

  let { transferId } = row;
  const transferred = await takeStep(ctx, row, WAITING.transfer, async () => {
    if (transferId) return;
    const order = { accountId, amountCents: row.amount, transferGroup: `withdrawal:${row.id}`, metadata };
    const { id } = await callOnce(ctx, {
      intent: `withdrawal:${row.id}:transfer`,
      call: (key) => reachPayments(ctx).createTransfer(order, key),
      find: () => findListed(ctx, "transfer", { createdAt: row.createdAt, metadata }),
    });
    transferId = id;
    await record(ctx, row.id, { transferId: id });
  });
  if (transferred !== "done") return { state: transferred };
  if (transferId && (await hasFailed(ctx, row.id))) {
    await takeTransferBack(ctx, row.id, transferId);
    return { state: "failed" };
  }

  const paidOut = await takeStep(ctx, row, WAITING.payout, async () => {
    const { id } = await callOnce(ctx, {
      intent: `withdrawal:${row.id}:payout`,
      call: (key) => reachPayments(ctx).createPayout({ accountId, amountCents: row.amount, metadata }, key),
      find: () => findListed(ctx, "payout", { createdAt: row.createdAt, metadata, accountId }),
    });
    await record(ctx, row.id, { payoutId: id, failure: null });
  });
  if (paidOut !== "done") return { state: paidOut };
  return settleWithdrawal(ctx, { withdrawalId: row.id });
}

/** One call and what its refusal means: too little balance, wait; anything else, the withdrawal has failed. */
async function takeStep(
  ctx: Ctx,
  row: Withdrawal,
  waiting: string,
  call: () => Promise<void>,
): Promise<"done" | "waiting" | "failed"> {
  try {
    await call();
    return "done";
  } catch (error) {
    if (!isPaymentError(error) || error.outcome !== "refused") throw error;
    if (error.kind === "insufficient_balance") {
      await record(ctx, row.id, { failure: waiting });
      return "waiting";
    }
    const { state } = await failWithdrawal(ctx, { withdrawalId: row.id, reason: error.reason });
    return state === "failed" ? "failed" : "waiting";
  }
}

/** Whether it was ended while its transfer was under way: its money is in the wallet, and must not go to the bank too. */
async function hasFailed(ctx: Ctx, id: string): Promise<boolean> {
  const { status } = await ctx.db.withdrawal.findUniqueOrThrow({ where: { id } });
  return status === "failed";
}

/** A webhook or reconciliation may have recorded meanwhile what moved the money; what is known of it stays. */
async function record(
  ctx: Ctx,
  id: string,
  data: { transferId?: string; payoutId?: string; failure?: string | null },
): Promise<void> {
  const noOther = (name: "transferId" | "payoutId") =>
    data[name] ? { OR: [{ [name]: null }, { [name]: data[name] }] } : {};
  await ctx.db.withdrawal.updateMany({
    where: { id, status: { in: ["requested", "processing"] }, AND: [noOther("transferId"), noOther("payoutId")] },
    data: { ...data, status: "processing" },
  });
}
