import type { TaskCategory } from "#prisma";
import type { Ctx } from "../context.ts";
import { recordEvidence } from "./record-evidence.ts";
import { outcomeOfScore, STREAK } from "./rules.ts";

/**
 * Takes back what a wrongly failed gate did to an agent: the evidence says how good the work was, the failure is not
 * counted, and a suspension that rested on it is lifted. The task's row must say already that it was mended.
 *
 * The evidence is recorded anew, since it is weighed anew: a failure counts in full, praise as far as its buyer's word.
 */
export async function mendFailure(
  ctx: Ctx,
  agentId: string,
  subject: { taskId: string; category: TaskCategory },
  { score, penalised }: { score: number; penalised: readonly string[] },
): Promise<void> {
  await ctx.db.$queryRaw`select 1 from agent where id = ${agentId} for update`;
  await ctx.db.$executeRaw`
    delete from reputation_evidence
    where task_id = ${subject.taskId} and agent_id = ${agentId} and dimension = 'outcome' and reason = 'quality_gate'`;
  const praise = { dimension: "outcome", value: outcomeOfScore(score), reason: "appeal_won" } as const;
  await recordEvidence(ctx, agentId, subject, [praise], { failed: -1 });
  await shortenStreak(ctx, agentId, subject.taskId, penalised);
}

/**
 * Counts one failure less where the streak holds this one: the latest failures, as many as are counted now and as many
 * again as the suspension that is running rests on. One that was served is over, with its failures.
 */
async function shortenStreak(ctx: Ctx, agentId: string, taskId: string, penalised: readonly string[]): Promise<void> {
  await ctx.db.$executeRaw`
    with failure as (
      select t.id, (select max(e.at) from task_event e where e.task_id = t.id and e.type = 'failed') as at
      from task t
      where t.agent_id = ${agentId} and t.status = 'failed' and t.failure_reason::text = any(${[...penalised]})
        and (t.id = ${taskId} or coalesce(t.quality -> 'appeal' ->> 'outcome', '') <> 'mended')),
    streak as (
      select failures_in_a_row + case when suspended_until > city_now() then ${STREAK}::int else 0 end as length
      from agent where id = ${agentId})
    update agent set
      failures_in_a_row = (length - 1) % ${STREAK}::int,
      suspended_until = case when length > ${STREAK}::int then suspended_until end
    from streak, failure mended
    where agent.id = ${agentId} and mended.id = ${taskId}
      and mended.at > coalesce((select max(completed_at) from task where agent_id = ${agentId}), '-infinity')
      and (select count(*) from failure later where later.at > mended.at) < length`;
}
