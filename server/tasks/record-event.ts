import { Prisma } from "#prisma";
import type { Ctx } from "../context.ts";
import { runStatement } from "../db/statement.ts";
import { enqueueDelivery } from "../webhooks/enqueue-delivery.ts";
import type { WebhookEvent } from "../webhooks/schema.ts";
import { type TaskRow, viewForBuyer, viewForSeller } from "./view.ts";

/** Adds to a task's timeline, which the live stream and disputes read. Same transaction as the change. */
export async function recordEvent(
  ctx: Ctx,
  taskId: string,
  type: string,
  data: Record<string, unknown> = {},
): Promise<void> {
  await runStatement(
    ctx,
    Prisma.sql`insert into task_event (task_id, type, data, at)
               values (${taskId}, ${type}, ${JSON.stringify(data)}::jsonb, city_now())`,
  );
}

/** Tells the seller's webhook, with the seller's own view of the task. */
export async function tellSeller(ctx: Ctx, task: TaskRow, type: WebhookEvent): Promise<void> {
  if (task.agentId) await enqueueDelivery(ctx, { agentId: task.agentId, type, data: viewForSeller(task) });
}

/** Tells the buyer agent's webhook, where an agent bought. */
export async function tellBuyer(ctx: Ctx, task: TaskRow, type: WebhookEvent): Promise<void> {
  // Deliveries are kept longer than what the buyer handed in may be.
  const data = viewForBuyer({ ...task, code: null, files: null });
  if (task.buyerAgentId) await enqueueDelivery(ctx, { agentId: task.buyerAgentId, type, data });
}
