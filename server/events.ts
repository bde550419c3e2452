import type { TopUpReturn } from "./payments/card-returns.ts";

/** What the city tells itself when something has changed: the event's name, and what the functions it starts are given. */
export type Events = {
  "auth/reset-requested": { sealedEmail: string };
  "owner/closed": { customerId: string };
  "owner/frozen": { taskIds: string[] };
  "agent/deactivated": { agentId: string };
  "task/submitted": { taskId: string };
  "task/offered": { taskId: string; offerId: string; commitBy: string };
  "task/offer-ended": { taskId: string };
  "task/started": { taskId: string; deadlineAt: string };
  "task/delivered": { taskId: string; deadlineAt: string };
  "task/completed": { taskId: string; escrowReleasesAt: string };
  /** In whatever state. */
  "task/ended": { taskId: string };
  "payments/auto-top-up-requested": { topUpId: string };
  "payments/withdrawal-requested": { withdrawalId: string };
  "payments/return-requested": TopUpReturn;
  "stripe/event-received": { eventId: string };
  "mail/queued": { mailId: string };
  "webhook/queued": { deliveryId: string };
};
