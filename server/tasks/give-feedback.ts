import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import { type Ctx, cityNow, inTransaction } from "../context.ts";
import { endDispute } from "../disputes/end-dispute.ts";
import { findDispute } from "../disputes/find-dispute.ts";
import { isOpen } from "../disputes/states.ts";
import { durationText } from "../kernel/durations.ts";
import { CityError, invalidState } from "../kernel/errors.ts";
import { refundCharge } from "../ledger/refund-charge.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import { recordEvidence } from "../reputation/record-evidence.ts";
import { lockAsBuyer } from "./find-task.ts";
import { recordEvent, tellSeller } from "./record-event.ts";
import type { buyerTask, feedbackInput } from "./schema.ts";
import { type TaskRow, viewForBuyer, withDispute } from "./view.ts";

/**
 * One thumb a task. Down within the refund window gives the whole charge back at once and closes an open
 * dispute; later it is recorded, and the answer points to the dispute. Window and refund are decided under one row lock
 * by the database's time.
 */
export async function giveFeedback(
  ctx: Ctx<Party>,
  input: z.infer<typeof feedbackInput>,
): Promise<z.infer<typeof buyerTask> & { note?: string }> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockAsBuyer(tx, input.id);
    if (task.feedback)
      throw new CityError("CONFLICT", "Feedback was given already.", { details: { feedback: task.feedback } });
    if (task.status !== "completed") {
      throw invalidState("Feedback is for completed tasks.", task.status, ["completed"]);
    }
    const now = await cityNow(tx);
    const refunds = input.rating === "down" && task.feedbackUntil !== null && now < task.feedbackUntil;
    if (refunds) await refundCharge(tx, { taskId: task.id });
    const noted = await tx.db.task.update({
      where: { id: task.id },
      data: {
        feedback: input.rating,
        feedbackComment: input.comment ?? null,
        feedbackAt: now,
        ...(refunds && { status: "refunded", refundedAt: now }),
      },
      include: withDispute,
    });
    const rated = refunds ? await closeDispute(tx, noted) : noted;
    await tellOf(tx, rated, refunds);
    const note =
      input.rating === "down" && !refunds
        ? `The time for an instant refund is over. A dispute can be opened within ${disputeTime(tx)} of completion.`
        : undefined;
    return { ...viewForBuyer(rated), ...(note && { note }) };
  });
}

const disputeTime = (ctx: Ctx) => durationText(ctx.settings.money.disputeDays * 86_400);

async function tellOf(ctx: Ctx, task: TaskRow, refunds: boolean): Promise<void> {
  const value = task.feedback === "up" ? 1 : 0;
  if (task.agentId) {
    const subject = { taskId: task.id, category: task.taskType };
    await recordEvidence(ctx, task.agentId, subject, [{ dimension: "relationship", value, reason: "feedback" }]);
  }
  const { feedback, feedbackComment: message } = task;
  await recordEvent(ctx, task.id, refunds ? "refunded" : "feedback", { feedback, ...(message && { message }) });
  await tellSeller(ctx, task, "feedback_received");
  if (!refunds) return;
  const { id: taskId, taskType, description } = task;
  const amount = task.creditsCharged ?? 0;
  await notifyOwner(ctx, task.buyerOwnerId, { kind: "task_refunded", taskId, taskType, description, amount });
}

/** Ends a dispute that the refund has settled; the task as it stands then. */
async function closeDispute(ctx: Ctx<Party>, task: TaskRow): Promise<TaskRow> {
  if (!task.dispute || !isOpen(task.dispute)) return task;
  const { dispute } = await findDispute(ctx, task.dispute.id);
  const decision = { outcome: "refunded", resolution: "Refunded by feedback.", resolvedBy: "buyer" } as const;
  await endDispute(ctx, { dispute, task }, decision);
  return ctx.db.task.findUniqueOrThrow({ where: { id: task.id }, include: withDispute });
}
