import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { findBlockers } from "./find-blockers.ts";
import type { closingView } from "./schema.ts";

/** What the calling owner has to settle before the account can be closed. */
export async function inspectClosing(ctx: Ctx<OwnerActor>): Promise<z.infer<typeof closingView>> {
  const { ownerId } = ctx.actor;
  const agents = await ctx.db.agent.findMany({ where: { ownerId }, select: { id: true } });
  const { blockers, canBeGivenUp } = await findBlockers(ctx, { ownerId, agentIds: agents.map(({ id }) => id) });
  return { blockers, canBeGivenUp };
}
