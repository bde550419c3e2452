import type { Ctx } from "../context.ts";
import { callOnce } from "./call-once.ts";
import { reachPayments } from "./reach-payments.ts";

/** The owner's customer at the card company, made on first use. The key is the owner's id: there is only ever one. */
export async function ensureCustomer(ctx: Ctx, ownerId: string): Promise<string> {
  const owner = await ctx.db.owner.findUniqueOrThrow({ where: { id: ownerId } });
  if (owner.stripeCustomerId) return owner.stripeCustomerId;
  const { id } = await callOnce(ctx, {
    intent: `customer:${ownerId}`,
    call: (key) =>
      reachPayments(ctx).createCustomer({ email: owner.email, name: owner.name, metadata: { ownerId } }, key),
    // Customers cannot be listed by metadata; a second one without a card harms nobody.
    find: async () => null,
  });
  await ctx.db.owner.updateMany({ where: { id: ownerId, stripeCustomerId: null }, data: { stripeCustomerId: id } });
  const kept = await ctx.db.owner.findUniqueOrThrow({ where: { id: ownerId } });
  return kept.stripeCustomerId ?? id;
}
