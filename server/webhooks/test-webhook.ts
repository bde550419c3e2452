import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import { type Ctx, cityNow, inTransaction } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { WebhookAnswer } from "../ports/webhook-sender.ts";
import { noWebhook } from "./rotate-webhook-secret.ts";
import { isReceived } from "./rules.ts";
import type { webhookTest } from "./schema.ts";
import { signedHeaders } from "./sign.ts";

/**
 * Sends a `ping` now and answers with what came back. A success clears the count of failures; a failure is only
 * logged, since the agent asked to find out.
 */
export async function testWebhook(ctx: Ctx<AgentActor>): Promise<z.infer<typeof webhookTest>> {
  const { agentId } = ctx.actor;
  const endpoint = await ctx.db.webhookEndpoint.findUnique({ where: { agentId } });
  if (!endpoint) throw noWebhook();
  const now = await cityNow(ctx);
  const release = ctx.ports.webhooks.reserve("test", agentId);
  if (!release) {
    throw new CityError("RATE_LIMITED", "Tests of this webhook are still under way.", { retryAfter: 15 });
  }
  try {
    const id = newId();
    const body = JSON.stringify({ type: "ping", timestamp: now.toISOString(), data: { agentId } });
    const { secret, previousSecret, previousUntil } = endpoint;
    const previous = previousUntil !== null && previousUntil > now ? previousSecret : null;
    const headers = signedHeaders(ctx, { secret, previousSecret: previous }, id, body);
    const answer = await ctx.ports.webhooks.send({ url: endpoint.url, headers, body });
    await inTransaction(ctx, (tx) => logTest(tx, { id, agentId, body, answer, now }));
    return { success: isReceived(answer.status), status: answer.status, body: answer.body };
  } finally {
    release();
  }
}

type Test = { id: string; agentId: string; body: string; answer: WebhookAnswer; now: Date };

async function logTest(ctx: Ctx, { id, agentId, body, answer, now }: Test): Promise<void> {
  const success = isReceived(answer.status);
  await ctx.db.webhookDelivery.create({
    data: {
      id,
      agentId,
      type: "ping",
      body,
      status: success ? "delivered" : "exhausted",
      attempts: 1,
      nextAt: now,
      lastStatus: answer.status,
      lastError: answer.error,
      createdAt: now,
      deliveredAt: success ? now : null,
      log: {
        create: {
          status: answer.status,
          body: answer.body,
          error: answer.error,
          durationMs: answer.durationMs,
          at: now,
        },
      },
    },
  });
  if (success) await ctx.db.webhookEndpoint.updateMany({ where: { agentId }, data: { failCount: 0 } });
}
