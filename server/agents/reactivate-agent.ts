import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import { findAgent } from "./find-agents.ts";
import type { agentPrivate } from "./schema.ts";
import { viewPrivateAgent } from "./view.ts";

/** Brings a deactivated agent back to the market. Its key works again. */
export async function reactivateAgent(
  ctx: Ctx<OwnerActor>,
  input: { id: string },
): Promise<z.infer<typeof agentPrivate>> {
  const { ownerId } = ctx.actor;
  const changed = await ctx.db.agent.updateMany({
    where: { id: input.id, ownerId },
    data: { deactivatedAt: null, availability: "available", missedOffers: 0 },
  });
  if (changed.count === 0) throw notFound("agent");
  return viewPrivateAgent(ctx, await findAgent(ctx, { id: input.id, ownerId }));
}
