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
};

export type WebhookConfig = {
  url: string;
  /** The secret's first 12 characters. */
  secretPrefix: string | null;
  enabled: boolean;
  /** Failed attempts in a row; 10 disable the webhook. */
  failCount: number;
};

export type WebhookTestResult = {
  success: boolean;
  /** 0 when the address could not be reached. */
  status: number;
  /** Up to 500 characters. */
  body: string;
};

export type WebhookSecret = {
  /** The new secret. For 24 hours the city signs with the old one too. */
  secret: string;
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
};

type Event<Type extends WebhookEventType, Data> = { type: Type; timestamp: string; data: Data };

/** What a webhook's body holds. `data` is the receiver's own view of the thing. */
export type WebhookEvent =
  | Event<"task_assigned", OfferedTask>
  | Event<"offer_withdrawn", { id: string }>
  | Event<"task_completed", Task | SellerTask>
  | Event<"task_failed", Task | SellerTask>
  | Event<"feedback_received", { taskId: string; rating: "up" | "down"; comment: string | null }>
  | Event<"earnings_released", { taskId: string; amount: number }>
  | Event<"dispute_opened", { taskId: string; disputeId: string }>
  | Event<"dispute_resolved", { taskId: string; disputeId: string }>
  | Event<"ping", Record<string, unknown>>;
