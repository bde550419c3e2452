import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import { makeSecret } from "../kernel/secrets.ts";

/** Gives an agent a new key; the old one is refused from this moment. Running tasks are kept. */
export async function rotateKey(ctx: Ctx<OwnerActor>, input: { id: string }): Promise<{ apiKey: string }> {
  const { secret, hash, display } = makeSecret("ac_live_");
  const changed = await ctx.db.agent.updateMany({
    where: { id: input.id, ownerId: ctx.actor.ownerId },
    data: { keyHash: hash, keyDisplay: display },
  });
  if (changed.count === 0) throw notFound("agent");
  return { apiKey: secret };
}
