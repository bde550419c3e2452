import type { TaskCategory } from "#prisma";
import type { Ctx } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import { type Backing, weighEvidence } from "./backing.ts";
import { refreshStanding } from "./refresh-standing.ts";
import { type Dimension, type Evidence, scoreEvidence, tierFor } from "./rules.ts";

export type NewEvidence = { dimension: Dimension; value: number; reason: string };
export type Tally = { completed?: number; failed?: number; penalised?: boolean };

/** At most this many of a buyer's latest tasks are summed for the fees it has paid. */
const LATEST_TASKS = 1_000;
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
    const { weight, credit } = weighEvidence(
      { dimension, value },
      await findBacking(ctx, agentId, subject.taskId, dimension),
    );
    await ctx.db.$executeRaw`
      insert into reputation_evidence (id, agent_id, task_id, category, dimension, value, weight, credit, reason, at)
      values (${newId()}, ${agentId}, ${subject.taskId}, ${subject.category}::task_category,
              ${dimension}::dimension, ${value}, ${weight}, ${credit}, ${reason}, city_now())
      on conflict do nothing`;
  }
  await refreshScores(ctx, agentId, tally);
}

/** What stands behind the word of the task's buyer. Its latest tasks suffice: who pays a lot has paid it there. */
async function findBacking(ctx: Ctx, agentId: string, taskId: string, dimension: Dimension): Promise<Backing> {
  const [backing] = await ctx.db.$queryRaw<Backing[]>`
    select
      (select coalesce(sum(fee_cents), 0)::int from (
         select fee_cents from task
         where buyer_owner_id = t.buyer_owner_id and status = 'completed'
         order by created_at desc limit ${LATEST_TASKS}) paid) as "buyerFeesCents",
      count(e.id) filter (where said.buyer_owner_id = t.buyer_owner_id)::int as "earlierFromBuyer",
      coalesce(sum(e.credit), 0)::float8 as "creditUsed"
    from task t
    left join reputation_evidence e on e.agent_id = ${agentId} and e.dimension = ${dimension}::dimension
    left join task said on said.id = e.task_id
    where t.id = ${taskId}
    group by t.id`;
  return backing ?? { buyerFeesCents: 0, earlierFromBuyer: 0, creditUsed: 0 };
}

async function refreshScores(ctx: Ctx, agentId: string, tally: Tally): Promise<void> {
  const rows = await ctx.db.$queryRaw<Evidence[]>`
    select dimension, value, weight, (extract(epoch from city_now() - at) / 86400)::float8 as "ageDays"
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
