import type { Ctx } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import type { OwnerActor } from "./actor.ts";

/** Ends an owner token at once. */
export async function revokeToken(ctx: Ctx<OwnerActor>, input: { id: string }): Promise<{ id: string; revoked: true }> {
  const revoked = await ctx.db.$executeRaw`
    update owner_token set revoked_at = city_now()
    where id = ${input.id} and owner_id = ${ctx.actor.ownerId} and revoked_at is null`;
  if (revoked === 0) throw notFound("token");
  return { id: input.id, revoked: true };
}
