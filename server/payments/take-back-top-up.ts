import { type Ctx, emit, inTransaction } from "../context.ts";
import type { Cents } from "../kernel/money.ts";
import { chargeBackTopUp } from "../ledger/charge-back-top-up.ts";
import { isPosted } from "../ledger/is-posted.ts";
import { reinstateTopUp } from "../ledger/reinstate-top-up.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import { WAITING } from "../tasks/states.ts";
import { reportIfClosed } from "./report-if-closed.ts";
import { lockTopUp } from "./settle-top-up.ts";
import { switchOffAutoTopUp } from "./switch-off-auto-top-up.ts";

type TakenBack = { topUpId: string; key: string; amount: Cents; disputed: boolean };

/**
 * The card company took money of a top-up back (a chargeback, or a refund made at the card company itself). What was
 * spent already becomes the owner's debt; with debt the owner cannot submit, and tasks still looking for a seller are
 * cancelled by the function that hears `owner/frozen`. Once per `key`.
 */
export async function takeBackTopUp(ctx: Ctx, input: TakenBack): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const row = await lockTopUp(tx, input.topUpId);
    if (!row || (row.status !== "paid" && row.status !== "charged_back")) return;
    const { topUpId, key, amount } = input;
    const { fresh, debt } = await chargeBackTopUp(tx, { topUpId, key, amount, ownerId: row.ownerId });
    if (!fresh) return;
    await tx.db.topUp.update({
      where: { id: topUpId },
      data: { returnedCents: { increment: amount }, ...(input.disputed && { status: "charged_back" }) },
    });
    if (debt > 0) await freeze(tx, row.ownerId);
    if (!input.disputed) return;
    await notifyOwner(tx, row.ownerId, { kind: "top_up_charged_back", amount, debt });
    await switchOffAutoTopUp(tx, { ownerId: row.ownerId, why: "charged_back" });
  });
}

/**
 * Names the tasks now, in the moment of the debt: the holds that come back may repay it before the last task's turn, and
 * what is submitted after that is no concern of this debt.
 */
async function freeze(ctx: Ctx, ownerId: string): Promise<void> {
  const tasks = await ctx.db.task.findMany({
    where: { buyerOwnerId: ownerId, status: { in: [...WAITING] } },
    select: { id: true },
  });
  await emit(ctx, "owner/frozen", { taskIds: tasks.map(({ id }) => id) });
}

/**
 * Money that was taken back has come again: a chargeback was won, or a refund failed. Only the first ends that the card
 * company refunds nothing of it. Once per `key`.
 */
export async function giveAgainTopUp(ctx: Ctx, input: TakenBack): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const row = await lockTopUp(tx, input.topUpId);
    const { topUpId, key, amount } = input;
    if (!row || !(await isPosted(tx, `topup:${topUpId}:chargeback:${key}`))) return;
    const { fresh } = await reinstateTopUp(tx, { topUpId, key, amount, ownerId: row.ownerId });
    if (!fresh) return;
    await tx.db.topUp.update({
      where: { id: topUpId },
      data: { returnedCents: { decrement: amount }, ...(input.disputed && { status: "paid" }) },
    });
    await reportIfClosed(tx, { ownerId: row.ownerId, amount, what: `reversal of ${key}` });
  });
}
