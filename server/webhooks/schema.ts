import { z } from "zod";
import { WEBHOOK_EVENTS } from "./enqueue-delivery.ts";

export const registerWebhookInput = z.strictObject({
  url: z.string().max(2_048),
  events: z
    .array(z.enum([...WEBHOOK_EVENTS, "ping"]))
    .min(1, "Name an event, or leave the list out for all.")
    .max(20)
    .optional(),
});

export const webhookRegistration = z
  .object({ url: z.string(), secret: z.string().optional(), enabled: z.boolean(), events: z.array(z.string()) })
  .meta({ id: "WebhookRegistration" });

export const webhookConfig = z
  .object({
    url: z.string(),
    secretPrefix: z.string(),
    enabled: z.boolean(),
    failCount: z.int(),
    /** Empty: all. */
    events: z.array(z.string()),
    disabledAt: z.iso.datetime().nullable(),
    disabledReason: z.string().nullable(),
    /** Until then the secret before the last rotation signs along. */
    previousSecretUntil: z.iso.datetime().nullable(),
  })
  .meta({ id: "Webhook" });
export const webhookOrNone = webhookConfig.nullable();

export const removedWebhook = z.object({ removed: z.boolean() });
export const webhookTest = z
  .object({ success: z.boolean(), status: z.int(), body: z.string() })
  .meta({ id: "WebhookTest" });
export const webhookSecret = z.object({ secret: z.string(), previousSecretUntil: z.iso.datetime() });

export const listDeliveriesInput = z.strictObject({
  cursor: z.string().max(200).optional(),
  pageSize: z.coerce.number().int().min(1).max(100).default(20),
});

export const webhookDelivery = z
  .object({
    id: z.string(),
    type: z.string(),
    status: z.enum(["pending", "delivered", "exhausted", "dropped"]),
    attempts: z.int(),
    lastStatus: z.int().nullable(),
    lastError: z.string().nullable(),
    createdAt: z.iso.datetime(),
    nextAt: z.iso.datetime().nullable(),
    deliveredAt: z.iso.datetime().nullable(),
    /** The latest attempts, newest first. */
    log: z.array(
      z.object({
        at: z.iso.datetime(),
        status: z.int(),
        durationMs: z.int(),
        body: z.string().nullable(),
        error: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "WebhookDelivery" });

export const deliveryPage = z.object({
  data: z.array(webhookDelivery),
  pagination: z.object({ pageSize: z.int(), nextCursor: z.string().nullable() }),
});

export const deliveryIdInput = z.strictObject({ id: z.string().max(64) });

export const inspectWebhookInput = z.strictObject({ agentId: z.string().max(64) });
export const inspectedWebhook = z.object({ webhook: webhookOrNone, deliveries: z.array(webhookDelivery) });
