import type { Ctx } from "../context.ts";
import type { Cents } from "../kernel/money.ts";

export type ReturnableTopUp = { topUpId: string; returnable: Cents };

/**
 * Top-ups of an owner that have not wholly gone back to their card, newest first. None with a chargeback that is open
 * or lost: the card company sends nothing of it back any more, so what the bank has left of it can only be spent.
 * Granted credits count as spent first, so what is in the pool is card money as far as the cards have paid for it.
 */
export async function readReturnable(ctx: Ctx, ownerId: string): Promise<ReturnableTopUp[]> {
  return ctx.db.$queryRaw<ReturnableTopUp[]>`
    select id as "topUpId", amount - returned_cents as returnable from top_up
    where owner_id = ${ownerId} and status = 'paid' and payment_intent_id is not null and returned_cents < amount
    order by created_at desc`;
}
