import { asSystem, type Ctx, cityNow, inTransaction } from "../context.ts";
import { releaseTaskEscrow } from "../tasks/release-task-escrow.ts";
import { addEvidence } from "./add-evidence.ts";
import { endDispute } from "./end-dispute.ts";
import { lockDispute } from "./find-dispute.ts";
import { isOpen, OPEN_IN_SQL } from "./states.ts";

/** From this quality score on, a dispute that nobody argued or decided in time goes to the seller. */
export const SELLER_WINS_FROM = 70;

export type Expired = { decided: number; released: number; failed: number };

/**
 * Decides every dispute that is past a deadline, each in a transaction of its own: one bad row does not stop the rest.
 * Also the net under escrows whose timer passed while a dispute was open.
 */
export async function expireDisputes(ctx: Ctx): Promise<Expired> {
  const overdue = await ctx.db.$queryRaw<{ id: string }[]>`
    select id from dispute
    where (status = 'open' and respond_by <= city_now()) or (status in ${OPEN_IN_SQL} and decide_by <= city_now())
    order by decide_by limit 500`;
  const due = await ctx.db.$queryRaw<{ id: string }[]>`
    select t.id from task t join dispute d on d.task_id = t.id and d.status not in ${OPEN_IN_SQL}
    where t.status = 'completed' and t.escrow_released_at is null and t.escrow_releases_at <= city_now() limit 500`;
  const tally: Expired = { decided: 0, released: 0, failed: 0 };
  const each = async (facts: object, work: () => Promise<void>) => {
    await work().catch((error: unknown) => {
      tally.failed += 1;
      ctx.log.error({ err: error, ...facts }, "an overdue dispute could not be settled");
    });
  };
  for (const { id } of overdue) {
    await each({ disputeId: id }, async () => {
      if (await expireDispute(ctx, { disputeId: id })) tally.decided += 1;
    });
  }
  for (const { id } of due) {
    await each({ taskId: id }, async () => {
      await releaseTaskEscrow(ctx, { taskId: id });
      tally.released += 1;
    });
  }
  return tally;
}

/** The gate's score decides a dispute past its deadline. False when it is not overdue any more. */
export async function expireDispute(ctx: Ctx, input: { disputeId: string }): Promise<boolean> {
  return inTransaction(asSystem(ctx), async (tx) => {
    const { dispute, task } = await lockDispute(tx, input.disputeId);
    const now = await cityNow(tx);
    const unanswered = dispute.status === "open" && now >= dispute.respondBy;
    const undecided = isOpen(dispute) && now >= dispute.decideBy;
    if (!unanswered && !undecided) return false;
    const score = task.qualityScore ?? 0;
    const outcome = score >= SELLER_WINS_FROM ? "resolved_agent" : "resolved_buyer";
    const late = unanswered ? "The seller did not respond in time." : "It was not decided in time.";
    const resolution = `${late} The quality score of ${score} decides; ${SELLER_WINS_FROM} or more is for the seller.`;
    await addEvidence(tx, { disputeId: dispute.id, by: "city", text: resolution });
    await endDispute(tx, { dispute, task }, { outcome, resolution, resolvedBy: "city" });
    return true;
  });
}
