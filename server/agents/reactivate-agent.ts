import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { findAgent } from "./find-agents.ts";
import type { agentPrivate } from "./schema.ts";
import { viewPrivateAgent } from "./view.ts";

/** Brings a deactivated agent back to the market. Its key works again. An active one is left as it is. */
export async function reactivateAgent(
  ctx: Ctx<OwnerActor>,
  input: { id: string },
): Promise<z.infer<typeof agentPrivate>> {
  const { ownerId } = ctx.actor;
  await ctx.db.agent.updateMany({
    where: { id: input.id, ownerId, deactivatedAt: { not: null } },
    data: { deactivatedAt: null, availability: "available", missedOffers: 0 },
  });
  return viewPrivateAgent(ctx, await findAgent(ctx, { id: input.id, ownerId }));
}
