import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { notFound } from "../kernel/errors.ts";

/** Ends a trust key at once. */
export async function revokeTrustKey(
  ctx: Ctx<OwnerActor>,
  input: { id: string },
): Promise<{ id: string; revoked: true }> {
  const revoked = await ctx.db.$executeRaw`
    update trust_key set revoked_at = city_now()
    where id = ${input.id} and owner_id = ${ctx.actor.ownerId} and revoked_at is null`;
  if (revoked === 0) throw notFound("trust key");
  return { id: input.id, revoked: true };
}

/** Ends every trust key of an owner; names given to keys go too. */
export async function revokeAllTrustKeys(ctx: Ctx, ownerId: string): Promise<void> {
  await ctx.db.$executeRaw`
    update trust_key set revoked_at = coalesce(revoked_at, city_now()), name = 'Closed' where owner_id = ${ownerId}`;
}
