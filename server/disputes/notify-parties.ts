import type { Ctx } from "../context.ts";
import type { Notice } from "../notifications/notices.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import type { DisputeRow } from "./view.ts";

type DisputeNotice = Extract<Notice, { disputeId: string }>;
/** What happened, without the facts that both mails share. */
type Step = DisputeNotice extends infer One
  ? One extends DisputeNotice
    ? Omit<One, "disputeId" | "taskType" | "amount" | "side">
    : never
  : never;

/** Every step of a dispute is mailed to both sides. */
export async function notifyParties(ctx: Ctx, dispute: DisputeRow, step: Step): Promise<void> {
  const facts = { disputeId: dispute.id, taskType: dispute.task.taskType, amount: dispute.task.creditsCharged ?? 0 };
  const notice = (side: "buyer" | "seller") => ({ ...step, ...facts, side }) as DisputeNotice;
  await notifyOwner(ctx, dispute.openedByOwner, notice("buyer"));
  await notifyOwner(ctx, dispute.againstOwner, notice("seller"));
}
