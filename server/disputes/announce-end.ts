import type { Ctx } from "../context.ts";
import { recordEvent, tellBuyer, tellSeller } from "../tasks/record-event.ts";
import { withDispute } from "../tasks/view.ts";
import { notifyParties } from "./notify-parties.ts";
import type { DisputeRow } from "./view.ts";

/** The state a dispute ends in. */
export type Outcome = "resolved_buyer" | "resolved_agent" | "withdrawn";

/**
 * Tells of a dispute that is over: the timeline, both sides' webhooks, both owners. Dispute and task stand by now as the
 * end has left them. `mailed` is what the mails call it, where they have a better word.
 */
export async function announceEnd(
  ctx: Ctx,
  dispute: DisputeRow,
  outcome: Outcome,
  mailed: Outcome | "refunded",
): Promise<void> {
  await recordEvent(ctx, dispute.taskId, "dispute_resolved", { disputeId: dispute.id, outcome });
  const task = await ctx.db.task.findUniqueOrThrow({ where: { id: dispute.taskId }, include: withDispute });
  await tellSeller(ctx, task, "dispute_resolved");
  await tellBuyer(ctx, task, "dispute_resolved");
  await notifyParties(ctx, dispute, { kind: "dispute_ended", outcome: mailed });
}
