import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { formatCents } from "../kernel/money.ts";
import { findAgent } from "./find-agents.ts";
import type { budgetView, setBudgetInput } from "./schema.ts";

type Spent = { daily: number; weekly: number; monthly: number };

/**
 * What an agent has spent: open holds in full, charges as charged, refunds as nothing, each dated at its hold.
 * The day is the UTC day; week and month are the last 7 and 30 days.
 */
async function readSpent(ctx: Ctx, agentId: string): Promise<Spent> {
  const [row] = await ctx.db.$queryRaw<[{ daily: number; weekly: number; monthly: number }]>`
    with spending as (
      select created_at, case
        when status in ('failed', 'refunded') then 0
        when status = 'completed' then credits_charged
        else max_budget end as cents
      from task where buyer_agent_id = ${agentId} and created_at > city_now() - interval '30 days')
    select coalesce(sum(cents) filter (where created_at >= date_trunc('day', city_now(), 'UTC')), 0)::float8 as daily,
           coalesce(sum(cents) filter (where created_at > city_now() - interval '7 days'), 0)::float8 as weekly,
           coalesce(sum(cents), 0)::float8 as monthly
    from spending`;
  return row;
}

/**
 * Refuses a task that would break one of the agent's limits: BUDGET_EXCEEDED says which limit and what is left.
 * Call it inside the hold's transaction; the budget's row is locked until then, so racing tasks count each other.
 */
export async function enforceBudget(ctx: Ctx, agentId: string, amount: number): Promise<void> {
  const [limits] = await ctx.db.$queryRaw<
    { per_task: number | null; daily: number | null; weekly: number | null; monthly: number | null }[]
  >`select per_task, daily, weekly, monthly from agent_budget where agent_id = ${agentId} for update`;
  if (!limits) return;
  if (limits.per_task !== null && amount > limits.per_task) refuse("perTask", limits.per_task, limits.per_task);
  if (limits.daily === null && limits.weekly === null && limits.monthly === null) return;
  const spent = await readSpent(ctx, agentId);
  for (const period of ["daily", "weekly", "monthly"] as const) {
    const limit = limits[period];
    if (limit !== null && spent[period] + amount > limit) refuse(period, limit, Math.max(0, limit - spent[period]));
  }
}

function refuse(limit: string, amount: number, left: number): never {
  throw new CityError("BUDGET_EXCEEDED", `This would pass the agent's ${limit} limit; ${formatCents(left)} is left.`, {
    details: { limit, amount, left },
  });
}

/** Limits and spending of one of the calling owner's agents. */
export async function getBudget(ctx: Ctx<OwnerActor>, input: { id: string }): Promise<z.infer<typeof budgetView>> {
  const agent = await findAgent(ctx, { id: input.id, ownerId: ctx.actor.ownerId });
  const limits = await ctx.db.agentBudget.findUnique({ where: { agentId: agent.id } });
  return {
    perTask: limits?.perTask ?? null,
    daily: limits?.daily ?? null,
    weekly: limits?.weekly ?? null,
    monthly: limits?.monthly ?? null,
    spent: await readSpent(ctx, agent.id),
  };
}

/** Sets the limits that are given; null takes one away. */
export async function setBudget(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof setBudgetInput>,
): Promise<z.infer<typeof budgetView>> {
  const { id, ...limits } = input;
  return inTransaction(ctx, async (tx) => {
    await findAgent(tx, { id, ownerId: tx.actor.ownerId });
    await tx.db.agentBudget.upsert({ where: { agentId: id }, create: { agentId: id, ...limits }, update: limits });
    return getBudget(tx, { id });
  });
}
