import type { Ctx } from "../context.ts";

/** Removes the webhooks of agents for good, with their secrets and all that was sent. */
export async function forgetWebhooks(ctx: Ctx, agentIds: string[]): Promise<void> {
  const where = { agentId: { in: agentIds } };
  await ctx.db.webhookEndpoint.deleteMany({ where });
  await ctx.db.deliveryAttempt.deleteMany({ where: { delivery: where } });
  await ctx.db.webhookDelivery.deleteMany({ where });
}
