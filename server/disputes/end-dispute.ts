import { type Ctx, cityNow } from "../context.ts";
import { refundCharge } from "../ledger/refund-charge.ts";
import { unfreezeAfterDispute } from "../ledger/unfreeze-after-dispute.ts";
import { recordEvidence } from "../reputation/record-evidence.ts";
import { recordEvent, tellBuyer, tellSeller } from "../tasks/record-event.ts";
import { releaseTaskEscrow } from "../tasks/release-task-escrow.ts";
import { type TaskRow, withDispute } from "../tasks/view.ts";
import { notifyParties } from "./notify-parties.ts";
import type { DisputeRow } from "./view.ts";

export type Outcome = "resolved_buyer" | "resolved_agent" | "withdrawn";

/**
 * Ends a locked, open dispute. For the buyer: the whole charge goes back, without fee, and the task is refunded. For
 * the seller: what was frozen goes back to where it was, debts first, and an escrow that fell due meanwhile is
 * released. The caller holds the task's lock and has checked that the dispute is open.
 */
export async function endDispute(
  ctx: Ctx,
  { dispute, task }: { dispute: DisputeRow; task: TaskRow },
  decision: { outcome: Outcome; resolution: string; resolvedBy: string },
): Promise<void> {
  const now = await cityNow(ctx);
  await ctx.db.dispute.update({
    where: { id: dispute.id },
    data: {
      status: decision.outcome,
      resolution: decision.resolution,
      resolvedBy: decision.resolvedBy,
      resolvedAt: now,
    },
  });
  if (decision.outcome === "resolved_buyer") await refund(ctx, task, now);
  else {
    await unfreezeAfterDispute(ctx, { taskId: task.id });
    await releaseTaskEscrow(ctx, { taskId: task.id });
  }
  if (decision.outcome !== "withdrawn") await judgeSeller(ctx, dispute, task, decision.outcome);
  await recordEvent(ctx, task.id, "dispute_resolved", { disputeId: dispute.id, outcome: decision.outcome });
  const ended = await ctx.db.task.findUniqueOrThrow({ where: { id: task.id }, include: withDispute });
  await tellSeller(ctx, ended, "dispute_resolved");
  await tellBuyer(ctx, ended, "dispute_resolved");
  await notifyParties(ctx, dispute, { kind: "dispute_ended", outcome: decision.outcome });
}

async function refund(ctx: Ctx, task: TaskRow, now: Date): Promise<void> {
  await refundCharge(ctx, { taskId: task.id });
  await ctx.db.task.update({ where: { id: task.id }, data: { status: "refunded", refundedAt: now } });
}

async function judgeSeller(ctx: Ctx, dispute: DisputeRow, task: TaskRow, outcome: Outcome): Promise<void> {
  const won = outcome === "resolved_agent";
  await recordEvidence(ctx, dispute.againstAgentId, { taskId: task.id, category: task.taskType }, [
    { dimension: "outcome", value: won ? 1 : 0, reason: won ? "dispute_won" : "dispute_lost" },
  ]);
}
