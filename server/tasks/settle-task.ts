import { after, type Ctx, cityNow, emit, inTransaction } from "../context.ts";
import type { Cents } from "../kernel/money.ts";
import { chargeTask } from "../ledger/charge-task.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import { type GateVerdict, PASS_MARK } from "../quality/verdict.ts";
import { recordEvidence } from "../reputation/record-evidence.ts";
import { economyOfPrice, outcomeOfScore } from "../reputation/rules.ts";
import { endUnjudged } from "./abandon-judgement.ts";
import { failTask } from "./end-task.ts";
import { lockTask } from "./find-task.ts";
import { recordEvent, tellBuyer, tellSeller } from "./record-event.ts";
import { inSql, PAID } from "./states.ts";
import { type TaskRow, withDispute } from "./view.ts";

/**
 * Acts on the gate's verdict, once: a pass charges the price from the hold and puts the seller's share into escrow, a
 * fail gives the whole hold back. A verdict past the gate's deadline counts for nothing. Repeating it after that changes
 * nothing.
 */
export async function settleTask(
  ctx: Ctx,
  input: { taskId: string; verdict: GateVerdict },
): Promise<{ status: string }> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockTask(tx, input.taskId);
    if (task.status !== "quality_check") return { status: task.status };
    if ((await cityNow(tx)) >= task.deadlineAt) return endUnjudged(tx, task, "The verdict came too late.");
    const { verdict } = input;
    if (verdict.score < PASS_MARK) {
      const { status } = await failTask(tx, task, "quality_gate", { quality: { score: verdict.score, verdict } });
      return { status };
    }
    return { status: (await payFor(tx, task, verdict)).status };
  });
}

async function payFor(ctx: Ctx, task: TaskRow, verdict: GateVerdict): Promise<TaskRow> {
  const agentId = task.agentId ?? "";
  const price = task.quotedCents ?? task.offerRate ?? task.maxBudget;
  const { fee } = await chargeTask(ctx, { taskId: task.id, agentId, price });
  const now = await cityNow(ctx);
  const { refundMinutes, escrowMinutes, disputeDays } = ctx.settings.money;
  const escrowReleasesAt = after(now, escrowMinutes * 60_000);
  const completed = await ctx.db.task.update({
    where: { id: task.id },
    data: {
      status: "completed",
      qualityScore: verdict.score,
      quality: verdict,
      creditsCharged: price,
      feeCents: fee,
      completedAt: now,
      feedbackUntil: after(now, refundMinutes * 60_000),
      escrowReleasesAt,
      deadlineAt: escrowReleasesAt,
    },
    include: withDispute,
  });
  await countSuccess(ctx, completed, agentId, verdict.score, price);
  await recordEvent(ctx, task.id, "completed", { score: verdict.score, charged: price });
  await tellBuyer(ctx, completed, "task_completed");
  await notifyOwner(ctx, task.buyerOwnerId, {
    kind: "task_completed",
    taskId: task.id,
    taskType: task.taskType,
    description: task.description,
    score: verdict.score,
    charged: price,
    feedbackUntil: after(now, refundMinutes * 60_000),
    disputeUntil: after(now, disputeDays * 86_400_000),
  });
  await tellSeller(ctx, completed, "task_completed");
  await emit(ctx, "task/completed", { taskId: task.id, escrowReleasesAt: escrowReleasesAt.toISOString() });
  await emit(ctx, "task/ended", { taskId: task.id });
  return completed;
}

async function countSuccess(ctx: Ctx, task: TaskRow, agentId: string, score: number, price: Cents): Promise<void> {
  const [{ median }] = await ctx.db.$queryRaw<[{ median: number | null }]>`
    select percentile_cont(0.5) within group (order by credits_charged) as median
    from (select credits_charged from task
          where task_type = ${task.taskType}::task_category and status in ${inSql(PAID)}
          order by created_at desc limit 500) recent`;
  await recordEvidence(
    ctx,
    agentId,
    { taskId: task.id, category: task.taskType },
    [
      { dimension: "outcome", value: outcomeOfScore(score), reason: "gate_passed" },
      { dimension: "economic", value: economyOfPrice(price, median), reason: "price" },
      { dimension: "reliability", value: 1, reason: "delivered_in_time" },
    ],
    { completed: 1 },
  );
}
