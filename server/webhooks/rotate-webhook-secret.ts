import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { type CityError, notFound } from "../kernel/errors.ts";
import { ROTATION_HOURS } from "./rules.ts";
import type { webhookSecret } from "./schema.ts";
import { makeWebhookSecret } from "./sign.ts";

/** Replaces the signing secret. For a day both sign, so that the receiver can change over without losing an event. */
export async function rotateWebhookSecret(ctx: Ctx<AgentActor>): Promise<z.infer<typeof webhookSecret>> {
  const { secret, sealed, prefix } = makeWebhookSecret(ctx);
  const [row] = await ctx.db.$queryRaw<{ until: Date }[]>`
    update webhook_endpoint
    set previous_secret = secret, previous_until = city_now() + make_interval(hours => ${ROTATION_HOURS}),
        secret = ${sealed}, secret_prefix = ${prefix}
    where agent_id = ${ctx.actor.agentId}
    returning previous_until as until`;
  if (!row) throw noWebhook();
  return { secret, previousSecretUntil: row.until.toISOString() };
}

export function noWebhook(): CityError {
  return notFound("webhook", "This agent has no webhook. Register one first.");
}
