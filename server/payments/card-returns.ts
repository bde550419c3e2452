import { type Ctx, emit, inTransaction } from "../context.ts";
import type { Cents } from "../kernel/money.ts";
import { isPosted } from "../ledger/is-posted.ts";
import { returnTopUp } from "../ledger/return-top-up.ts";
import { undoMove } from "../ledger/undo-move.ts";
import { reportIfClosed } from "./report-if-closed.ts";
import { lockTopUp } from "./settle-top-up.ts";

/** Card money of one top-up on its way back; `key` is ours, made for this return. */
export type TopUpReturn = { topUpId: string; key: string; amount: Cents };

/** Takes the money out of the pool and queues the request to the card company, in the transaction of the caller. */
export async function startReturn(ctx: Ctx, input: TopUpReturn & { ownerId: string }): Promise<void> {
  const { topUpId, key, amount, ownerId } = input;
  await ctx.db.topUp.update({ where: { id: topUpId }, data: { returnedCents: { increment: amount } } });
  await returnTopUp(ctx, { topUpId, key, ownerId, amount });
  await ctx.db.$executeRaw`
    insert into payments.card_return (key, top_up_id, owner_id, amount, asked_at)
    values (${key}, ${topUpId}, ${ownerId}, ${amount}, city_now())`;
  await emit(ctx, "payments/return-requested", { topUpId, key, amount });
}

/** Whether it is not known yet how a return ends. One that has ended must not be asked for again. */
export async function isReturnOpen(ctx: Ctx, key: string): Promise<boolean> {
  const open = await ctx.db.$queryRaw<unknown[]>`
    select 1 from payments.card_return where key = ${key} and settled_at is null`;
  return open.length > 0;
}

/** The card company has sent it, or it is in the pool again. True for the one caller who found it open. */
export async function settleReturn(ctx: Ctx, key: string): Promise<boolean> {
  const count = await ctx.db
    .$executeRaw`update payments.card_return set settled_at = city_now() where key = ${key} and settled_at is null`;
  return count > 0;
}

/** The card company refuses it for good: it is in the pool again, unless another try was not refused. */
export async function refuseReturn(ctx: Ctx, input: TopUpReturn): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    await lockTopUp(tx, input.topUpId);
    if (await settleReturn(tx, input.key)) await undoReturn(tx, input);
  });
}

/** The money did not reach the card, or came back from its bank weeks later: it is in the pool again. Once. */
export async function undoReturn(ctx: Ctx, input: TopUpReturn): Promise<void> {
  const { topUpId, key, amount } = input;
  await inTransaction(ctx, async (tx) => {
    await lockTopUp(tx, topUpId);
    const { fresh } = await undoMove(tx, { reference: referenceOf(input) });
    if (!fresh) return;
    const { ownerId } = await tx.db.topUp.update({
      where: { id: topUpId },
      data: { returnedCents: { decrement: amount } },
    });
    await settleReturn(tx, key);
    await reportIfClosed(tx, { ownerId, amount, what: `return ${key}` });
  });
}

/** Whether the money of a return is in the pool again. */
export function wasReturnUndone(ctx: Ctx, input: TopUpReturn): Promise<boolean> {
  return isPosted(ctx, `${referenceOf(input)}:undo`);
}

function referenceOf({ topUpId, key }: TopUpReturn): string {
  return `topup:${topUpId}:return:${key}`;
}
