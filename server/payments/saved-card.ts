import type { Ctx } from "../context.ts";
import type { CardLabel } from "../ports/payments.ts";

/** Notes the card a payer has just left with the card company for later charges. */
export async function noteSavedCard(ctx: Ctx, ownerId: string, { brand, last4 }: CardLabel): Promise<void> {
  await ctx.db.$executeRaw`
    insert into payments.saved_card (owner_id, brand, last4) values (${ownerId}, ${brand}, ${last4})
    on conflict (owner_id) do update set brand = excluded.brand, last4 = excluded.last4`;
}

/** The card that a charge without the payer would go to, as people tell cards apart; null before the first payment. */
export async function readSavedCard(ctx: Ctx, ownerId: string): Promise<CardLabel | null> {
  const rows = await ctx.db.$queryRaw<CardLabel[]>`
    select brand, last4 from payments.saved_card where owner_id = ${ownerId}`;
  return rows[0] ?? null;
}

/** Of a closed account not even the card's last digits stay. */
export async function forgetSavedCard(ctx: Ctx, ownerId: string): Promise<void> {
  await ctx.db.$executeRaw`delete from payments.saved_card where owner_id = ${ownerId}`;
}
