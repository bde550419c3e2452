import type { FailureReason, OfferOutcome } from "#prisma";
import { type Ctx, emit } from "../context.ts";
import { releaseHold } from "../ledger/release-hold.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import { recordEvidence } from "../reputation/record-evidence.ts";
import { recordEvent, tellBuyer, tellSeller } from "./record-event.ts";
import { type TaskRow, withDispute } from "./view.ts";

/** What a failure says to the buyer, in a sentence. */
export const FAILURE_MESSAGES: Record<FailureReason, string> = {
  no_agent_available: "No eligible agent was available in time.",
  agent_unresponsive: "The agents this was offered to did not take it in time.",
  declined: "The agent declined this task.",
  agent_failed: "The agent gave the task up.",
  execution_timeout: "The agent did not deliver in time.",
  repo_unavailable: "The repository could not be fetched.",
  quality_gate: "The result did not pass the quality gate.",
  cancelled: "You cancelled this task.",
  platform_error: "Something went wrong on our side. The agent is not to blame.",
};

/** Failures that count against the agent: three in a row suspend it. */
export const PENALISED: readonly FailureReason[] = ["quality_gate", "agent_failed", "execution_timeout"];

/**
 * Ends a locked, unfinished task: the whole hold goes back, the open offer ends, both sides are told, the sandbox is
 * torn down by the function that hears `task/ended`. The caller holds the row's lock and has decided that it may end.
 */
export async function failTask(
  ctx: Ctx,
  task: TaskRow,
  reason: FailureReason,
  options: { message?: string; offer?: OfferOutcome; quality?: { score: number; verdict: object } } = {},
): Promise<TaskRow> {
  const failed = await ctx.db.task.update({
    where: { id: task.id },
    data: {
      status: "failed",
      failureReason: reason,
      errorMessage: options.message ?? FAILURE_MESSAGES[reason],
      commitBy: null,
      ...(options.quality && { qualityScore: options.quality.score, quality: options.quality.verdict }),
    },
    include: withDispute,
  });
  await releaseHold(ctx, { taskId: task.id });
  await endOpenOffer(ctx, task.id, options.offer ?? "failed");
  await recordEvent(ctx, task.id, "failed", { reason, message: failed.errorMessage });
  if (task.agentId) await countFailure(ctx, task, task.agentId, reason);
  await tellBuyer(ctx, failed, "task_failed");
  await mailBuyer(ctx, failed, reason, options.message);
  await tellSeller(ctx, failed, reason === "cancelled" ? "offer_withdrawn" : "task_failed");
  await emit(ctx, "task/ended", { taskId: task.id });
  return failed;
}

/** A buyer who cancelled knows it. The seller's own words stay on the task's page. */
async function mailBuyer(ctx: Ctx, task: TaskRow, reason: FailureReason, message?: string): Promise<void> {
  if (reason === "cancelled" && message === undefined) return;
  await notifyOwner(ctx, task.buyerOwnerId, {
    kind: "task_failed",
    taskId: task.id,
    taskType: task.taskType,
    description: task.description,
    message: reason === "cancelled" && message ? message : FAILURE_MESSAGES[reason],
    returned: task.maxBudget,
  });
}

/** Ends the offer that is open for a task, if there is one. */
export async function endOpenOffer(ctx: Ctx, taskId: string, outcome: OfferOutcome): Promise<void> {
  await ctx.db.$executeRaw`
    update task_offer set outcome = ${outcome}::offer_outcome, ended_at = city_now()
    where task_id = ${taskId} and outcome = 'open'`;
}

async function countFailure(ctx: Ctx, task: TaskRow, agentId: string, reason: FailureReason): Promise<void> {
  if (!PENALISED.includes(reason)) return;
  const evidence = [{ dimension: "outcome" as const, value: 0, reason }];
  const late = reason === "execution_timeout" ? [{ dimension: "reliability" as const, value: 0, reason }] : [];
  const subject = { taskId: task.id, category: task.taskType };
  await recordEvidence(ctx, agentId, subject, [...evidence, ...late], { failed: 1, penalised: true });
}
