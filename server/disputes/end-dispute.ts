import { type Ctx, cityNow } from "../context.ts";
import { refundCharge } from "../ledger/refund-charge.ts";
import { unfreezeAfterDispute } from "../ledger/unfreeze-after-dispute.ts";
import { recordEvidence } from "../reputation/record-evidence.ts";
import { releaseTaskEscrow } from "../tasks/release-task-escrow.ts";
import type { TaskRow } from "../tasks/view.ts";
import { announceEnd, type Outcome } from "./announce-end.ts";
import type { DisputeRow } from "./view.ts";

type Decision = { outcome: Outcome | "refunded"; resolution: string; resolvedBy: string };

/**
 * Ends a locked, open dispute. For the buyer: the whole charge goes back, without fee, and the task is refunded. For
 * the seller: what was frozen goes back to where it was, debts first, and an escrow that fell due meanwhile is
 * released. `refunded`: a thumbs-down has given the charge back, and what was frozen with it; there is nothing left to
 * decide. The caller holds the task's lock and has checked that the dispute is open.
 */
export async function endDispute(
  ctx: Ctx,
  { dispute, task }: { dispute: DisputeRow; task: TaskRow },
  { outcome, resolution, resolvedBy }: Decision,
): Promise<void> {
  const now = await cityNow(ctx);
  const status = outcome === "refunded" ? "withdrawn" : outcome;
  await ctx.db.dispute.update({
    where: { id: dispute.id },
    data: { status, resolution, resolvedBy, resolvedAt: now },
  });
  if (outcome === "resolved_buyer") await refund(ctx, task, now);
  else if (outcome !== "refunded") {
    await unfreezeAfterDispute(ctx, { taskId: task.id });
    await releaseTaskEscrow(ctx, { taskId: task.id });
  }
  if (status !== "withdrawn") await judgeSeller(ctx, dispute, task, status);
  await announceEnd(ctx, dispute, status, outcome);
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
