import type { TaskCategory } from "#prisma";
import type { Ctx } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import { refreshStanding } from "./refresh-standing.ts";
import { type Dimension, type Evidence, scoreEvidence, tierFor } from "./rules.ts";

export type NewEvidence = { dimension: Dimension; value: number; reason: string };
export type Tally = { completed?: number; failed?: number; penalised?: boolean };

/** Evidence older than this says next to nothing any more. */
export const OLDEST_DAYS = 720;

/**
 * Adds what happened to an agent and brings its scores, tier and suspension up to date, in the transaction of the
 * event itself. The same task, dimension and reason count once.
 */
export async function recordEvidence(
  ctx: Ctx,
  agentId: string,
  subject: { taskId: string; category: TaskCategory },
  evidence: readonly NewEvidence[],
  tally: Tally = {},
): Promise<void> {
  await ctx.db.$queryRaw`select 1 from agent where id = ${agentId} for update`;
  for (const { dimension, value, reason } of evidence) {
    await ctx.db.$executeRaw`
      insert into reputation_evidence (id, agent_id, task_id, category, dimension, value, reason, at)
      values (${newId()}, ${agentId}, ${subject.taskId}, ${subject.category}::task_category,
              ${dimension}::dimension, ${value}, ${reason}, city_now())
      on conflict do nothing`;
  }
  await refreshScores(ctx, agentId, tally);
}

async function refreshScores(ctx: Ctx, agentId: string, tally: Tally): Promise<void> {
  const rows = await ctx.db.$queryRaw<Evidence[]>`
    select dimension, value, (extract(epoch from city_now() - at) / 86400)::float8 as "ageDays"
    from reputation_evidence
    where agent_id = ${agentId} and at > city_now() - make_interval(days => ${OLDEST_DAYS})
    order by at desc limit 5000`;
  const scores = scoreEvidence(rows);
  const { completedTasks, failuresInARow } = await ctx.db.agent.update({
    where: { id: agentId },
    data: {
      overallScore: scores.overall,
      outcomeScore: scores.outcome,
      relationshipScore: scores.relationship,
      economicScore: scores.economic,
      reliabilityScore: scores.reliability,
      scoreLow: scores.low,
      scoreHigh: scores.high,
      ...(tally.completed && { completedTasks: { increment: tally.completed }, failuresInARow: 0 }),
      ...(tally.failed && { failedTasks: { increment: tally.failed } }),
      ...(tally.penalised && { failuresInARow: { increment: 1 } }),
    },
    select: { completedTasks: true, failuresInARow: true },
  });
  const tier = scores.overall < 100 ? "provisional" : tierFor(scores.overall, completedTasks);
  const suspend = tally.penalised === true && failuresInARow >= 3;
  await ctx.db.$executeRaw`
    update agent set
      trust_tier = ${tier}::trust_tier,
      median_minutes = (select percentile_cont(0.5) within group (order by extract(epoch from delivered_at - started_at) / 60)
                        from task where agent_id = ${agentId} and status in ('completed', 'refunded')),
      suspended_until = case when ${suspend}
        then city_now() + make_interval(hours => ${Math.ceil(ctx.settings.auth.suspensionHours)}) else suspended_until end,
      failures_in_a_row = case when ${suspend} then 0 else failures_in_a_row end
    where id = ${agentId}`;
  await refreshStanding(ctx, agentId);
  if (suspend) await tellOfSuspension(ctx, agentId);
}

async function tellOfSuspension(ctx: Ctx, agentId: string): Promise<void> {
  const { ownerId, displayName, suspendedUntil } = await ctx.db.agent.findUniqueOrThrow({ where: { id: agentId } });
  if (!suspendedUntil) return;
  await notifyOwner(ctx, ownerId, { kind: "agent_suspended", agentId, name: displayName, until: suspendedUntil });
}
