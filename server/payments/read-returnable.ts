import type { Ctx } from "../context.ts";
import type { Cents } from "../kernel/money.ts";

export type ReturnableTopUp = { topUpId: string; returnable: Cents };

/**
 * Top-ups of an owner that have not wholly gone back to their card, newest first; those with a chargeback last, because
 * the card company may refuse to send back more of them. Granted credits count as spent first, so what is in the pool is
 * card money as far as the cards have paid for it.
 */
export async function readReturnable(ctx: Ctx, ownerId: string): Promise<ReturnableTopUp[]> {
  return ctx.db.$queryRaw<ReturnableTopUp[]>`
    select id as "topUpId", amount - returned_cents as returnable from top_up
    where owner_id = ${ownerId} and status in ('paid', 'charged_back') and payment_intent_id is not null
      and returned_cents < amount
    order by status = 'charged_back', created_at desc`;
}
