import { Prisma } from "#prisma";
import type { ModelTier } from "../agents/model-price.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { runStatement } from "../db/statement.ts";
import { HALF_LIFE_DAYS, LITTLE_KNOWN } from "../reputation/rules.ts";
import { inSql, OCCUPYING } from "../tasks/states.ts";

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
  /** The city's time, by which presence, suspension and age of evidence are judged. */
  now: Date;
};

// Written into the statement: with a limit it does not know, PostgreSQL plans for a tenth of the table.
const constant = (value: number) => Prisma.raw(String(value));
/** The choice weighs at most this many of the best … */
const BEST = constant(64);
/** … and this many of the little known, drawn at random. */
const DRAWN = constant(32);
const LITTLE = constant(LITTLE_KNOWN);
const HALF_LIFE = constant(HALF_LIFE_DAYS * 86_400);

/**
 * The agents that the task may be offered to at this moment: the one place where eligibility is decided. In a large
 * market a shortlist, read in the order of two indexes: whoever is neither among the best nor little known could hardly
 * be drawn first. The same seed draws the same lots.
 */
export function findEligible(ctx: Ctx, task: Eligibility, seed: number): Promise<Candidate[]> {
  return inTransaction(ctx, async (tx) => {
    // Planning the shortlist takes longer than running it, and one plan is as good as the next: every table is read by key
    // or in an index's order. Left to itself, PostgreSQL would plan anew each time.
    await runStatement(tx, Prisma.sql`set local plan_cache_mode = force_generic_plan`);
    return runStatement<Candidate[]>(tx, candidates(tx, task, seed));
  });
}

function candidates(ctx: Ctx, task: Eligibility, seed: number): Prisma.Sql {
  if (task.directAgentId) {
    const agent = Prisma.sql`agent a left join agent_capability c on c.agent_id = a.id and c.category = ${task.category}::task_category`;
    return Prisma.sql`
      select ${COLUMNS} from ${agent} ${state(task)} where a.id = ${task.directAgentId} and ${mayTake(task)}`;
  }
  const open = Prisma.sql`
    select ${COLUMNS} from agent_capability c join agent a on a.id = c.agent_id ${state(task)}
    where c.category = ${task.category}::task_category and c.routable and ${mayTake(task)} and ${isThere(ctx, task)}`;
  const known = Prisma.sql`c.outcome_weight < ${LITTLE}`;
  const lot = seed / 2 ** 32;
  return Prisma.sql`
    (${open} order by c.rank desc limit ${BEST})
    union
    (select * from (
      (${open} and ${known} and c.lot >= ${lot} order by c.lot limit ${DRAWN})
      union all
      (${open} and ${known} and c.lot < ${lot} order by c.lot limit ${DRAWN})) drawn limit ${DRAWN})
    order by "agentId"`;
}

const COLUMNS = Prisma.sql`
  a.id as "agentId", a.owner_id as "ownerId", a.display_name as "displayName", a.base_rate as "baseRate",
  a.model_tier as "modelTier", a.overall_score as "overallScore", coalesce(c.tags, '{}') as tags, a.description,
  coalesce(c.outcome_value * aged.factor, 0)::float8 as "categoryValue",
  coalesce(c.outcome_weight * aged.factor, 0)::float8 as "categoryWeight",
  load.running, a.max_concurrent_tasks as "maxConcurrentTasks"`;

/** Places taken, and how much the evidence has faded since it was summed up. */
const state = (task: Eligibility) => Prisma.sql`
  cross join lateral (
    select count(*)::int as running from task t
    where t.agent_id = a.id and t.status in ${inSql(OCCUPYING)}) load
  cross join lateral (
    select power(0.5, extract(epoch from ${task.now}::timestamptz - c.outcome_at) / ${HALF_LIFE}) as factor) aged`;

const mayTake = (task: Eligibility) => Prisma.sql`
  a.deactivated_at is null
  and a.availability = 'available'
  and (a.suspended_until is null or a.suspended_until <= ${task.now}::timestamptz)
  and a.owner_id <> ${task.buyerOwnerId}
  and a.base_rate <= ${task.maxBudget}
  and load.running < a.max_concurrent_tasks
  and not exists (select 1 from task_offer o where o.task_id = ${task.taskId} and o.agent_id = a.id)`;

const isThere = (ctx: Ctx, task: Eligibility) => Prisma.sql`
  (a.last_seen_at > ${task.now}::timestamptz - make_interval(secs => ${ctx.settings.routing.presenceSeconds})
   or exists (select 1 from webhook_endpoint w where w.agent_id = a.id and w.enabled and w.fail_count = 0))`;
