import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, cityNow } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import type { inspectedWebhook } from "./schema.ts";
import { viewDelivery, viewWebhook, withLog } from "./view.ts";

const LATEST = 20;

/** The health of one agent's webhook and its latest deliveries, for the agent's owner. */
export async function inspectWebhook(
  ctx: Ctx<OwnerActor>,
  { agentId }: { agentId: string },
): Promise<z.infer<typeof inspectedWebhook>> {
  const agent = await ctx.db.agent.findFirst({
    where: { id: agentId, ownerId: ctx.actor.ownerId },
    select: { webhook: true },
  });
  if (!agent) throw notFound("agent");
  const deliveries = await ctx.db.webhookDelivery.findMany({
    where: { agentId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: LATEST,
    include: withLog,
  });
  return {
    webhook: agent.webhook && viewWebhook(agent.webhook, await cityNow(ctx)),
    deliveries: deliveries.map(viewDelivery),
  };
}
