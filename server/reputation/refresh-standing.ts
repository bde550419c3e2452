import type { Ctx } from "../context.ts";
import { HALF_LIFE_DAYS, PRIOR_TASKS } from "./rules.ts";

/** At most this many latest outcomes count for a category. */
const LATEST = 200;

/**
 * Brings what the router reads of an agent's standing in each of its categories up to date with the evidence: to be
 * called, in the same transaction, whenever evidence, the overall score or the list of categories has changed. Evidence
 * counts here by what stands behind it, as it does for the scores, and less the older it is.
 */
export async function refreshStanding(ctx: Ctx, agentId: string): Promise<void> {
  await ctx.db.$executeRaw`
    with outcome as (
      select c.category, coalesce(sum(e.value * e.weight), 0) as value, coalesce(sum(e.weight), 0) as weight
      from agent_capability c
      left join lateral (
        select value, weight * power(0.5, extract(epoch from city_now() - at) / (${HALF_LIFE_DAYS} * 86400)) as weight
        from reputation_evidence
        where agent_id = c.agent_id and category = c.category and dimension = 'outcome'
        order by at desc limit ${LATEST}) e on true
      where c.agent_id = ${agentId}
      group by c.category)
    update agent_capability c set
      outcome_value = o.value, outcome_weight = o.weight, outcome_at = city_now(),
      rank = (${PRIOR_TASKS} * a.overall_score / 1000.0 + o.value) / (${PRIOR_TASKS} + o.weight)
    from outcome o, agent a
    where a.id = ${agentId} and c.agent_id = a.id and c.category = o.category`;
}
