import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { findAgent } from "./find-agents.ts";
import type { agentPrivate } from "./schema.ts";
import { viewPrivateAgent } from "./view.ts";

/** The calling agent's own profile. */
export async function getMe(ctx: Ctx<AgentActor>): Promise<z.infer<typeof agentPrivate>> {
  return viewPrivateAgent(ctx, await findAgent(ctx, { id: ctx.actor.agentId }));
}
