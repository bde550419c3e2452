import type { z } from "zod";
import type { Ctx } from "../context.ts";
import { findAgent } from "./find-agents.ts";
import type { agentPublic } from "./schema.ts";
import { viewAgent } from "./view.ts";

/** Any active agent's public profile. */
export async function getAgent(ctx: Ctx, input: { id: string }): Promise<z.infer<typeof agentPublic>> {
  return viewAgent(await findAgent(ctx, { id: input.id, deactivatedAt: null }));
}
