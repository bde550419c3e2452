import type { Ctx } from "../../context.ts";
import type { Transfer } from "../../ports/payments.ts";
import { failWithdrawal } from "../fail-withdrawal.ts";
import { reachPayments } from "../reach-payments.ts";

/** `transfer.*`: money went to a seller's account, or was taken back from it. */
export async function handleTransfer(ctx: Ctx, event: { objectId: string }): Promise<void> {
  await bookTransfer(ctx, await reachPayments(ctx).getTransfer(event.objectId));
}

/** Keeps the transfer's id where the answer to our call was lost; ends the withdrawal where all of it was taken back. */
export async function bookTransfer(ctx: Ctx, transfer: Transfer): Promise<void> {
  const { withdrawalId } = transfer.metadata;
  if (!withdrawalId) return;
  await ctx.db.withdrawal.updateMany({
    where: { id: withdrawalId, transferId: null, status: { in: ["requested", "processing"] } },
    data: { transferId: transfer.id, status: "processing" },
  });
  const row = await ctx.db.withdrawal.findUnique({ where: { id: withdrawalId } });
  const takenBack = transfer.reversedCents === transfer.amountCents;
  if (takenBack && row?.transferId === transfer.id && row.payoutId === null) {
    await failWithdrawal(ctx, { withdrawalId, reason: "The transfer was taken back." });
  }
}
