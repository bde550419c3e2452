import type { z } from "zod";
import type { Prisma, WebhookEndpoint } from "#prisma";
import type { webhookConfig, webhookDelivery } from "./schema.ts";

type Delivery = z.infer<typeof webhookDelivery>;

/** How many attempts of a delivery are shown. */
const SHOWN_ATTEMPTS = 20;

export const withLog = {
  log: { orderBy: { id: "desc" }, take: SHOWN_ATTEMPTS },
} satisfies Prisma.WebhookDeliveryInclude;
type DeliveryRow = Prisma.WebhookDeliveryGetPayload<{ include: typeof withLog }>;

export function viewWebhook(row: WebhookEndpoint, now: Date): z.infer<typeof webhookConfig> {
  const overlap = row.previousUntil !== null && row.previousUntil > now ? row.previousUntil : null;
  return {
    url: row.url,
    secretPrefix: row.secretPrefix,
    enabled: row.enabled,
    failCount: row.failCount,
    events: row.events as Delivery["type"][],
    disabledAt: row.disabledAt?.toISOString() ?? null,
    disabledReason: row.disabledReason,
    previousSecretUntil: overlap?.toISOString() ?? null,
  };
}

export function viewDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    type: row.type as Delivery["type"],
    status: row.status,
    attempts: row.attempts,
    lastStatus: row.lastStatus,
    lastError: row.lastError,
    createdAt: row.createdAt.toISOString(),
    nextAt: row.status === "pending" ? row.nextAt.toISOString() : null,
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
    log: row.log.map(({ at, status, durationMs, body, error }) => ({
      at: at.toISOString(),
      status,
      durationMs,
      body,
      error,
    })),
  };
}
