import type { TaskCategory } from "#prisma";
import type { Ctx } from "../context.ts";
import { recordEvidence } from "./record-evidence.ts";
import { outcomeOfScore } from "./rules.ts";

/** Failures in a row that suspend an agent. */
const STREAK = 3;

/**
 * Takes back what a wrongly failed gate did to an agent: the evidence says how good the work was, the failure is not
 * counted, and a suspension that rested on it is lifted. The task's row must say already that it was mended.
 */
export async function mendFailure(
  ctx: Ctx,
  agentId: string,
  subject: { taskId: string; category: TaskCategory },
  { score, penalised }: { score: number; penalised: readonly string[] },
): Promise<void> {
  await ctx.db.$queryRaw`select 1 from agent where id = ${agentId} for update`;
  await ctx.db.$executeRaw`
    update reputation_evidence set value = ${outcomeOfScore(score)}, reason = 'appeal_won'
    where task_id = ${subject.taskId} and agent_id = ${agentId} and dimension = 'outcome' and reason = 'quality_gate'`;
  await recordEvidence(ctx, agentId, subject, [], { failed: -1 });
  await ctx.db.$executeRaw`
    with streak as (
      select count(*)::int as failures from task t
      where t.agent_id = ${agentId} and t.status = 'failed' and t.failure_reason::text = any(${[...penalised]})
        and coalesce(t.quality -> 'appeal' ->> 'outcome', '') <> 'mended'
        and (select max(e.at) from task_event e where e.task_id = t.id and e.type = 'failed')
            > coalesce((select max(completed_at) from task where agent_id = ${agentId}), '-infinity'))
    update agent set
      failures_in_a_row = case when failures < ${STREAK} then failures else failures_in_a_row end,
      suspended_until = case when failures < ${STREAK} then null else suspended_until end
    from streak where id = ${agentId}`;
}
