import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { wrongField } from "../kernel/errors.ts";
import type { registerWebhookInput, webhookRegistration } from "./schema.ts";
import { makeWebhookSecret } from "./sign.ts";

/**
 * Registers the agent's webhook, or moves it. The secret is made with the first registration and is in that answer
 * only; registering again keeps it, switches the webhook on and forgets its failures.
 */
export async function registerWebhook(
  ctx: Ctx<AgentActor>,
  input: z.infer<typeof registerWebhookInput>,
): Promise<z.infer<typeof webhookRegistration>> {
  const refusal = ctx.ports.webhooks.refusal(input.url);
  if (refusal) throw wrongField("url", refusal);
  const { secret, sealed, prefix } = makeWebhookSecret(ctx);
  const events = [...new Set(input.events ?? [])];
  // One statement, so that of two first registrations only one hands out its secret.
  const [row] = await ctx.db.$queryRaw<[{ first: boolean }]>`
    insert into webhook_endpoint (agent_id, url, events, secret, secret_prefix, created_at)
    values (${ctx.actor.agentId}, ${input.url}, ${events}, ${sealed}, ${prefix}, city_now())
    on conflict (agent_id) do update
      set url = excluded.url, events = excluded.events, enabled = true, fail_count = 0,
          disabled_at = null, disabled_reason = null
    returning secret = ${sealed} as first`;
  return { url: input.url, ...(row.first && { secret }), enabled: true, events };
}
