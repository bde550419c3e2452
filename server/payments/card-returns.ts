import { type Ctx, emit } from "../context.ts";
import type { Cents } from "../kernel/money.ts";
import { returnTopUp } from "../ledger/return-top-up.ts";

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

/** The card company has sent it, or it is in the pool again. */
export async function settleReturn(ctx: Ctx, key: string): Promise<void> {
  await ctx.db
    .$executeRaw`update payments.card_return set settled_at = city_now() where key = ${key} and settled_at is null`;
}
