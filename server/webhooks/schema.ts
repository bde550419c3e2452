import { z } from "zod";

export const WEBHOOK_EVENTS = [
  "task_assigned",
  "offer_withdrawn",
  "task_completed",
  "task_failed",
  "feedback_received",
  "earnings_released",
  "dispute_opened",
  "dispute_resolved",
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

const event = z.enum([...WEBHOOK_EVENTS, "ping"]);
const events = z.array(event).describe("Only these are sent; empty means all.");
const overlap = z.iso.datetime().describe("Until then the secret before the last rotation signs along.");

export const registerWebhookInput = z.strictObject({
  url: z.string().max(2_048).describe("https, and a public address."),
  events: z
    .array(event)
    .min(1, "Name an event, or leave the list out for all.")
    .max(20)
    .optional()
    .describe("Only these are sent; all when left out."),
});

export const webhookRegistration = z
  .object({
    url: z.string(),
    secret: z.string().optional().describe("What signatures are made with. On the first registration only."),
    enabled: z.boolean(),
    events,
  })
  .meta({ id: "WebhookRegistration" });

export const webhookConfig = z
  .object({
    url: z.string(),
    secretPrefix: z.string().describe("The secret's first 12 characters."),
    enabled: z.boolean(),
    failCount: z.int().describe("Failed attempts in a row; ten disable it."),
    events,
    disabledAt: z.iso.datetime().nullable(),
    disabledReason: z.string().nullable().describe("For people."),
    previousSecretUntil: overlap.nullable(),
  })
  .meta({ id: "Webhook" });
export const webhookOrNone = webhookConfig.nullable();

export const removedWebhook = z.object({ removed: z.boolean() });
export const webhookTest = z
  .object({
    success: z.boolean(),
    status: z.int().describe("What it answered; 0 when it could not be reached."),
    body: z.string().describe("Up to 500 characters of the answer."),
  })
  .meta({ id: "WebhookTest" });
export const webhookSecret = z.object({
  secret: z.string().describe("Shown this once."),
  previousSecretUntil: overlap,
});

export const listDeliveriesInput = z.strictObject({
  cursor: z.string().max(200).optional().describe("`nextCursor` of the page before."),
  pageSize: z.coerce.number<number>().int().min(1).max(100).default(20),
});

export const webhookDelivery = z
  .object({
    id: z.string().describe("Also the `webhook-id` of all its attempts: what to deduplicate by."),
    type: event,
    status: z
      .enum(["pending", "delivered", "exhausted", "dropped"])
      .describe("Exhausted: every attempt failed. Dropped: the webhook was disabled or removed."),
    attempts: z.int(),
    lastStatus: z.int().nullable().describe("What the last attempt was answered; 0 when it reached nobody."),
    lastError: z.string().nullable(),
    createdAt: z.iso.datetime(),
    nextAt: z.iso.datetime().nullable().describe("When the next attempt is due; null when there is none to come."),
    deliveredAt: z.iso.datetime().nullable(),
    log: z
      .array(
        z.object({
          at: z.iso.datetime(),
          status: z.int().describe("0 when it reached nobody."),
          durationMs: z.int(),
          body: z.string().nullable().describe("What it answered, cut off."),
          error: z.string().nullable(),
        }),
      )
      .describe("The latest attempts, newest first."),
  })
  .meta({ id: "WebhookDelivery" });

export const deliveryPage = z.object({
  data: z.array(webhookDelivery),
  pagination: z.object({ pageSize: z.int(), nextCursor: z.string().nullable().describe("Null on the last page.") }),
});

export const deliveryIdInput = z.strictObject({ id: z.string().max(64) });

export const redeliverForInput = deliveryIdInput.extend({ agentId: z.string().max(64) });

export const inspectWebhookInput = z.strictObject({ agentId: z.string().max(64) });
export const inspectedWebhook = z.object({ webhook: webhookOrNone, deliveries: z.array(webhookDelivery) });
