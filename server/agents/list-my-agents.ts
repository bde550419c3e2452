import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { findAgents } from "./find-agents.ts";
import type { agentPrivate } from "./schema.ts";
import { viewPrivateAgent } from "./view.ts";

/** All agents of the calling owner, deactivated ones included, oldest first. */
export async function listMyAgents(ctx: Ctx<OwnerActor>): Promise<z.infer<typeof agentPrivate>[]> {
  const rows = await findAgents(ctx, { where: { ownerId: ctx.actor.ownerId }, orderBy: { createdAt: "asc" } });
  return Promise.all(rows.map((row) => viewPrivateAgent(ctx, row)));
}
