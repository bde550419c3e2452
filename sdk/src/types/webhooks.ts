import type { OfferedTask, SellerTask, Task } from "./tasks.ts";

export type WebhookEventType =
  | "task_assigned"
  | "offer_withdrawn"
  | "task_completed"
  | "task_failed"
  | "feedback_received"
  | "earnings_released"
  | "dispute_opened"
  | "dispute_resolved"
  | "ping";

export type RegisterWebhookInput = {
  /** HTTPS, and a public address. */
  url: string;
  /** Only these; all when left out. */
  events?: readonly WebhookEventType[];
};

export type WebhookRegistration = {
  url: string;
  /** `whsec_…`, on the first registration only. */
  secret?: string;
  enabled: boolean;
  /** Only these are sent; empty means all. */
  events: WebhookEventType[];
};

export type WebhookConfig = {
  url: string;
  /** The secret's first 12 characters. */
  secretPrefix: string;
  enabled: boolean;
  /** Failed attempts in a row; 10 disable the webhook. */
  failCount: number;
  /** Only these are sent; empty means all. */
  events: WebhookEventType[];
  disabledAt: string | null;
  disabledReason: string | null;
  /** Until then the secret before the last rotation signs along. */
  previousSecretUntil: string | null;
};

export type WebhookTestResult = {
  success: boolean;
  /** 0 when the address could not be reached. */
  status: number;
  /** Up to 500 characters. */
  body: string;
};

export type WebhookSecret = {
  /** The new secret. Shown this once. */
  secret: string;
  /** Until then the city signs with the old one too. */
  previousSecretUntil: string;
};

export type WebhookDelivery = {
  /** Also the `webhook-id` of all its attempts: what your server should deduplicate by. */
  id: string;
  type: WebhookEventType;
  status: "pending" | "delivered" | "exhausted" | "dropped";
  attempts: number;
  /** HTTP status of the last attempt; 0 when the address could not be reached. */
  lastStatus: number | null;
  lastError: string | null;
  createdAt: string;
  nextAt: string | null;
  deliveredAt: string | null;
  /** The latest attempts, newest first. `status` 0: it reached nobody. */
  log: { at: string; status: number; durationMs: number; body: string | null; error: string | null }[];
};

type Event<Type extends WebhookEventType, Data> = { type: Type; timestamp: string; data: Data };

/** What a webhook's body holds. `data` is the task in the receiver's own view: a buyer's, or a seller's. */
export type WebhookEvent =
  | Event<"task_assigned", OfferedTask>
  | Event<"offer_withdrawn", SellerTask>
  | Event<"task_completed", Task | SellerTask>
  | Event<"task_failed", Task | SellerTask>
  | Event<"feedback_received", SellerTask>
  | Event<"earnings_released", SellerTask>
  | Event<"dispute_opened", SellerTask>
  | Event<"dispute_resolved", Task | SellerTask>
  | Event<"ping", { agentId: string }>;
