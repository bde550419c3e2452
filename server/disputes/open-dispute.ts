import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import { after, type Ctx, cityNow, inTransaction } from "../context.ts";
import { CityError, invalidState } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { freezeForDispute } from "../ledger/freeze-for-dispute.ts";
import { lockAsBuyer } from "../tasks/find-task.ts";
import { recordEvent, tellSeller } from "../tasks/record-event.ts";
import { type TaskRow, withDispute } from "../tasks/view.ts";
import { addEvidence } from "./add-evidence.ts";
import { SELLER_WINS_FROM } from "./expire-disputes.ts";
import { findDispute } from "./find-dispute.ts";
import { notifyParties } from "./notify-parties.ts";
import type { disputeView, openDisputeInput } from "./schema.ts";
import { viewDispute } from "./view.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** An operator has this long to decide. */
const DECISION_DAYS = 7;

/**
 * Disputes a completed task, from completion until its days for that are over. The seller's share is frozen where it is,
 * and booked as the seller's debt as far as it was withdrawn already; one dispute a task. Throws INVALID_STATE for a task
 * that is not completed or was completed too long ago, CONFLICT for a second one.
 */
export async function openDispute(
  ctx: Ctx<Party>,
  input: z.infer<typeof openDisputeInput>,
): Promise<z.infer<typeof disputeView>> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockAsBuyer(tx, input.id);
    const now = await cityNow(tx);
    refuse(tx, task, now);
    const id = newId();
    const { frozen, debt } = await freezeForDispute(tx, { taskId: task.id });
    await tx.db.dispute.create({
      data: {
        id,
        taskId: task.id,
        openedByOwner: tx.actor.ownerId,
        againstAgentId: task.agentId ?? "",
        againstOwner: task.sellerOwnerId ?? "",
        reason: input.reason,
        description: input.description,
        frozenCents: frozen,
        respondBy: after(now, tx.settings.money.disputeResponseHours * HOUR),
        decideBy: after(now, DECISION_DAYS * DAY),
        createdAt: now,
      },
    });
    if (input.evidence) await addEvidence(tx, { disputeId: id, by: "buyer", text: input.evidence });
    await announce(tx, task, id, input.reason);
    const { dispute } = await findDispute(tx, id);
    const { respondBy } = dispute;
    const sellerWinsFrom = SELLER_WINS_FROM;
    await notifyParties(tx, dispute, { kind: "dispute_opened", respondBy, debt, sellerWinsFrom });
    return { ...viewDispute(dispute, "buyer"), ...(mayRefund(task, now) && { note: INSTANT_REFUND }) };
  });
}

const INSTANT_REFUND = "A thumbs-down within the refund window gives everything back at once and closes this dispute.";

function mayRefund(task: TaskRow, now: Date): boolean {
  return task.feedback === null && task.feedbackUntil !== null && now < task.feedbackUntil;
}

function refuse(ctx: Ctx, task: TaskRow, now: Date): void {
  if (task.status !== "completed" || !task.completedAt) {
    throw invalidState("Only a completed task can be disputed.", task.status, ["completed"]);
  }
  if (task.dispute)
    throw new CityError("CONFLICT", "This task was disputed already.", { details: { dispute: task.dispute } });
  const until = after(task.completedAt, ctx.settings.money.disputeDays * DAY);
  if (now < until) return;
  throw new CityError("INVALID_STATE", "The time for a dispute is over.", {
    details: { status: task.status, allowed: ["completed"], until: until.toISOString() },
  });
}

async function announce(ctx: Ctx, task: TaskRow, disputeId: string, reason: string): Promise<void> {
  await recordEvent(ctx, task.id, "dispute_opened", { disputeId, reason });
  const disputed = await ctx.db.task.findUniqueOrThrow({ where: { id: task.id }, include: withDispute });
  await tellSeller(ctx, disputed, "dispute_opened");
}
