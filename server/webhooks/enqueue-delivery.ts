import { type Ctx, emit } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import type { WebhookEvent } from "./schema.ts";

/**
 * Writes one delivery for an agent's webhook, where it has one that wants this event, in the transaction of the change.
 * The body is fixed here, so that every attempt sends and signs the same bytes.
 */
export async function enqueueDelivery(
  ctx: Ctx,
  event: { agentId: string; type: WebhookEvent; data: unknown },
): Promise<void> {
  const [endpoint] = await ctx.db.$queryRaw<{ now: Date }[]>`
    select city_now() as now from webhook_endpoint
    where agent_id = ${event.agentId} and enabled and (cardinality(events) = 0 or ${event.type} = any(events))`;
  if (!endpoint) return;
  const id = newId();
  const body = JSON.stringify({ type: event.type, timestamp: endpoint.now.toISOString(), data: event.data });
  await ctx.db.webhookDelivery.create({
    data: { id, agentId: event.agentId, type: event.type, body, nextAt: endpoint.now, createdAt: endpoint.now },
  });
  await emit(ctx, "webhook/queued", { deliveryId: id });
}
