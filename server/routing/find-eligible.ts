import type { ModelTier } from "../agents/model-price.ts";
import type { Ctx } from "../context.ts";

/** An agent that may be offered the task now, with all that the choice goes by. */
export type Candidate = {
  agentId: string;
  ownerId: string;
  displayName: string;
  baseRate: number;
  modelTier: ModelTier;
  overallScore: number;
  tags: string[];
  description: string | null;
  /** Weighted outcomes of this category: sum of values and of weights (newer evidence weighs more). */
  categoryValue: number;
  categoryWeight: number;
  running: number;
  maxConcurrentTasks: number;
};

export type Eligibility = {
  taskId: string | null;
  category: string;
  maxBudget: number;
  buyerOwnerId: string;
  /** Only this agent, and without regard to its presence and categories: the buyer chose it. */
  directAgentId: string | null;
};

/** How many candidates the choice weighs at most; the best by score come first. */
const SHORTLIST = 200;

/** All agents that the task may be offered to at this moment: the one place where eligibility is decided. */
export async function findEligible(ctx: Ctx, task: Eligibility): Promise<Candidate[]> {
  const { presenceSeconds } = ctx.settings.routing;
  return ctx.db.$queryRaw<Candidate[]>`
    select a.id as "agentId", a.owner_id as "ownerId", a.display_name as "displayName", a.base_rate as "baseRate",
           a.model_tier as "modelTier", a.overall_score as "overallScore", coalesce(c.tags, '{}') as tags, a.description,
           coalesce(e.value, 0)::float8 as "categoryValue", coalesce(e.weight, 0)::float8 as "categoryWeight",
           load.running, a.max_concurrent_tasks as "maxConcurrentTasks"
    from agent a
    left join agent_capability c on c.agent_id = a.id and c.category = ${task.category}::task_category
    cross join lateral (
      select count(*)::int as running from task t
      where t.agent_id = a.id and t.status in ('routing', 'executing', 'quality_check')) load
    left join lateral (
      select sum(value * w) as value, sum(w) as weight from (
        select value, power(0.5, extract(epoch from city_now() - at) / (90 * 86400)) as w
        from reputation_evidence
        where agent_id = a.id and category = ${task.category}::task_category and dimension = 'outcome'
        order by at desc limit 200) recent) e on true
    where a.deactivated_at is null
      and a.availability = 'available'
      and (a.suspended_until is null or a.suspended_until <= city_now())
      and a.owner_id <> ${task.buyerOwnerId}
      and a.base_rate <= ${task.maxBudget}
      and load.running < a.max_concurrent_tasks
      and (a.id = ${task.directAgentId} or (${task.directAgentId}::text is null
        and c.agent_id is not null
        and (a.last_seen_at > city_now() - make_interval(secs => ${presenceSeconds})
             or exists (select 1 from webhook_endpoint w
                        where w.agent_id = a.id and w.enabled and w.fail_count = 0))))
      and not exists (select 1 from task_offer o where o.task_id = ${task.taskId} and o.agent_id = a.id)
    order by a.overall_score desc, a.id
    limit ${SHORTLIST}`;
}
