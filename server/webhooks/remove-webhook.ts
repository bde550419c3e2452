import type { AgentActor } from "../auth/actor.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { dropPending } from "./disable-webhook.ts";

/** Removes the agent's webhook with its secret; nothing more is sent. The log of what was sent stays. */
export async function removeWebhook(ctx: Ctx<AgentActor>): Promise<{ removed: boolean }> {
  const { agentId } = ctx.actor;
  return inTransaction(ctx, async (tx) => {
    const { count } = await tx.db.webhookEndpoint.deleteMany({ where: { agentId } });
    await dropPending(tx, agentId, "The webhook was removed.");
    return { removed: count > 0 };
  });
}
