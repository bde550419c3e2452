import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import { type Ctx, cityNow, emit, inTransaction } from "../context.ts";
import { CityError, invalidState, notFound } from "../kernel/errors.ts";
import { ATTEMPT_MS } from "../ports/webhook-sender.ts";
import { noWebhook } from "./rotate-webhook-secret.ts";
import { MOST_WAITING } from "./rules.ts";
import type { webhookDelivery } from "./schema.ts";
import { viewDelivery, withLog } from "./view.ts";

/**
 * Sends one delivery again: the same body under the same `webhook-id`, now and with all retries. One that still waits
 * for its next attempt is only brought forward.
 */
export async function redeliver(
  ctx: Ctx<Party>,
  input: { id: string; agentId: string },
): Promise<z.infer<typeof webhookDelivery>> {
  const { agentId } = input;
  return inTransaction(ctx, async (tx) => {
    const mine = await tx.db.agent.count({ where: { id: agentId, ownerId: tx.actor.ownerId } });
    if (mine === 0) throw notFound("agent");
    const delivery = await tx.db.webhookDelivery.findFirst({ where: { id: input.id, agentId } });
    if (!delivery) throw notFound("delivery");
    // Held, so that requests side by side are counted one after the other.
    const [endpoint] = await tx.db.$queryRaw<{ enabled: boolean }[]>`
      select enabled from webhook_endpoint where agent_id = ${agentId} for no key update`;
    if (!endpoint) throw noWebhook();
    if (!endpoint.enabled) throw invalidState("The webhook is off. Register it again first.", "disabled", ["enabled"]);
    const now = await cityNow(tx);
    const isDue = delivery.status === "pending" && delivery.nextAt <= now;
    if (!isDue) await refuseFlood(tx, agentId, now);
    const again = await tx.db.webhookDelivery.update({
      where: { id: delivery.id },
      data: {
        status: "pending",
        nextAt: now,
        ...(delivery.status !== "pending" && { attempts: 0, deliveredAt: null }),
      },
      include: withLog,
    });
    // One that is due already has a run at work on it.
    if (!isDue) await emit(tx, "webhook/queued", { deliveryId: delivery.id });
    return viewDelivery(again);
  });
}

/** The places for attempts are everybody's: nobody may fill the queue by asking. */
async function refuseFlood(ctx: Ctx, agentId: string, now: Date): Promise<void> {
  const waiting = await ctx.db.webhookDelivery.count({ where: { agentId, status: "pending", nextAt: { lte: now } } });
  if (waiting < MOST_WAITING) return;
  throw new CityError(
    "RATE_LIMITED",
    `${waiting} deliveries wait to be sent to this webhook. Ask again when they are.`,
    {
      retryAfter: ATTEMPT_MS / 1_000,
    },
  );
}
