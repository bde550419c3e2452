import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import { type Ctx, cityNow } from "../context.ts";
import type { webhookOrNone } from "./schema.ts";
import { viewWebhook } from "./view.ts";

/** The agent's webhook with its health; null when it has none. */
export async function getWebhook(ctx: Ctx<AgentActor>): Promise<z.infer<typeof webhookOrNone>> {
  const row = await ctx.db.webhookEndpoint.findUnique({ where: { agentId: ctx.actor.agentId } });
  return row && viewWebhook(row, await cityNow(ctx));
}
