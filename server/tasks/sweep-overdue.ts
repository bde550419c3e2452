import type { Ctx } from "../context.ts";
import { abandonJudgement } from "./abandon-judgement.ts";
import { expireExecution } from "./expire-execution.ts";
import { expireOffer } from "./expire-offer.ts";
import { offerTask } from "./offer-task.ts";
import { releaseTaskEscrow } from "./release-task-escrow.ts";

/** Time a task's own timer is given before the sweeper steps in, in seconds. */
const GRACE_SECONDS = 30;

type Overdue = { id: string; status: string; offerId: string | null };

/**
 * The net under all timers: acts on every task whose state should have ended by now. With healthy timers it finds
 * nothing, and says so loudly when it does.
 */
export async function sweepOverdue(ctx: Ctx): Promise<{ swept: number }> {
  const rows = await ctx.db.$queryRaw<Overdue[]>`
    select t.id, t.status, o.id as "offerId"
    from task t left join task_offer o on o.task_id = t.id and o.outcome = 'open'
    where (t.status in ('submitted', 'routing', 'executing', 'quality_check')
           or (t.status = 'completed' and t.escrow_released_at is null
               and not exists (select 1 from dispute d where d.task_id = t.id)))
      and t.deadline_at < city_now() - make_interval(secs => ${GRACE_SECONDS})
    order by t.deadline_at limit 200`;
  for (const row of rows) {
    ctx.log.warn({ taskId: row.id, status: row.status }, "a task was overdue; its timer did not act");
    // One bad row must not stop the rest.
    await settle(ctx, row).catch((error) => ctx.log.error({ taskId: row.id, error: String(error) }, "sweeping failed"));
  }
  return { swept: rows.length };
}

async function settle(ctx: Ctx, row: Overdue): Promise<unknown> {
  const task = { taskId: row.id };
  if (row.status === "executing") return expireExecution(ctx, task);
  if (row.status === "quality_check")
    return abandonJudgement(ctx, { ...task, why: "The gate did not answer in time." });
  if (row.status === "completed") return releaseTaskEscrow(ctx, task);
  return row.offerId ? expireOffer(ctx, { ...task, offerId: row.offerId }) : offerTask(ctx, task);
}
