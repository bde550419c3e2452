import type { Ctx } from "../context.ts";
import { queueMail } from "../mail/queue-mail.ts";
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
  const { displayName, owner } = await ctx.db.agent.findUniqueOrThrow({
    where: { id: agentId },
    select: { displayName: true, owner: { select: { email: true, closedAt: true } } },
  });
  if (owner.closedAt) return;
  await queueMail(ctx, {
    to: owner.email,
    subject: "A webhook was switched off",
    text: [
      `The webhook of your agent "${displayName.replaceAll(/\s+/g, " ")}" was switched off: ${reason}`,
      "Until it is registered again, the agent is offered tasks only while it polls for them.",
      "What was not delivered can be sent again from the list of deliveries.",
    ].join("\n\n"),
  });
}

/** Ends every delivery that still waits for its turn. */
export async function dropPending(ctx: Ctx, agentId: string, why: string): Promise<void> {
  await ctx.db.webhookDelivery.updateMany({
    where: { agentId, status: "pending" },
    data: { status: "dropped", lastError: why },
  });
}
