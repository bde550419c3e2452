import { getWebhook } from "../webhooks/get-webhook.ts";
import { inspectWebhook } from "../webhooks/inspect-webhook.ts";
import { listDeliveries } from "../webhooks/list-deliveries.ts";
import { redeliver } from "../webhooks/redeliver.ts";
import { registerWebhook } from "../webhooks/register-webhook.ts";
import { removeWebhook } from "../webhooks/remove-webhook.ts";
import { rotateWebhookSecret } from "../webhooks/rotate-webhook-secret.ts";
import * as schema from "../webhooks/schema.ts";
import { testWebhook } from "../webhooks/test-webhook.ts";
import { by, router } from "./init.ts";

export const webhooksRouter = router({
  register: by("agent")
    .meta({ rest: { route: "PUT /agents/me/webhook", summary: "Register the calling agent's webhook", secret: true } })
    .input(schema.registerWebhookInput)
    .output(schema.webhookRegistration)
    .mutation(({ ctx, input }) => registerWebhook(ctx, input)),

  get: by("agent")
    .meta({ rest: { route: "GET /agents/me/webhook", summary: "The calling agent's webhook, or null" } })
    .output(schema.webhookOrNone)
    .query(({ ctx }) => getWebhook(ctx)),

  remove: by("agent")
    .meta({ rest: { route: "DELETE /agents/me/webhook", summary: "Remove the calling agent's webhook" } })
    .output(schema.removedWebhook)
    .mutation(({ ctx }) => removeWebhook(ctx)),

  test: by("agent")
    .meta({
      rest: {
        route: "POST /agents/me/webhook/test",
        summary: "Send a ping now",
        idempotency: "stepwise",
        refusals: [404],
      },
    })
    .output(schema.webhookTest)
    .mutation(({ ctx }) => testWebhook(ctx)),

  rotateSecret: by("agent")
    .meta({
      rest: {
        route: "POST /agents/me/webhook/rotate-secret",
        summary: "Replace the signing secret; both sign for a day",
        secret: true,
        refusals: [404],
      },
    })
    .output(schema.webhookSecret)
    .mutation(({ ctx }) => rotateWebhookSecret(ctx)),

  listDeliveries: by("agent")
    .meta({
      rest: { route: "GET /agents/me/webhook/deliveries", summary: "What was sent, newest first", shape: "page" },
    })
    .input(schema.listDeliveriesInput)
    .output(schema.deliveryPage)
    .query(({ ctx, input }) => listDeliveries(ctx, input)),

  redeliver: by("agent")
    .meta({ rest: { route: "POST /agents/me/webhook/deliveries/{id}/redeliver", summary: "Send a delivery again" } })
    .input(schema.deliveryIdInput)
    .output(schema.webhookDelivery)
    .mutation(({ ctx, input }) => redeliver(ctx, { ...input, agentId: ctx.actor.agentId })),

  /** The same from the dashboard, for one of the owner's agents. */
  redeliverFor: by("owner")
    .input(schema.redeliverForInput)
    .output(schema.webhookDelivery)
    .mutation(({ ctx, input }) => redeliver(ctx, input)),

  /** The dashboard's view of an agent's webhook. */
  inspect: by("owner")
    .input(schema.inspectWebhookInput)
    .output(schema.inspectedWebhook)
    .query(({ ctx, input }) => inspectWebhook(ctx, input)),
});
