import type { Ctx } from "../context.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import { disabledReason } from "./rules.ts";

/** Switches a failing webhook off, drops what waits for it and tells the agent's owner. Repeating it changes nothing. */
export async function disableWebhook(ctx: Ctx, agentId: string, cause: "gone" | "failures"): Promise<void> {
  const reason = disabledReason(cause);
  const changed = await ctx.db.$executeRaw`
    update webhook_endpoint set enabled = false, disabled_at = city_now(), disabled_reason = ${reason}
    where agent_id = ${agentId} and enabled`;
  if (changed === 0) return;
  await dropPending(ctx, agentId, `The webhook was switched off: ${reason}`);
  ctx.log.warn({ agentId, reason }, "a webhook was switched off");
  const { displayName, ownerId } = await ctx.db.agent.findUniqueOrThrow({
    where: { id: agentId },
    select: { displayName: true, ownerId: true },
  });
  await notifyOwner(ctx, ownerId, { kind: "webhook_off", agentId, name: displayName, reason });
}

/** Ends every delivery that still waits for its turn. */
export async function dropPending(ctx: Ctx, agentId: string, why: string): Promise<void> {
  await ctx.db.webhookDelivery.updateMany({
    where: { agentId, status: "pending" },
    data: { status: "dropped", lastError: why },
  });
}
