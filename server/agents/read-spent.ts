import { Prisma } from "#prisma";
import type { Ctx } from "../context.ts";
import { runStatement } from "../db/statement.ts";

type Spent = { daily: number; weekly: number; monthly: number };

/**
 * What an agent has spent: open holds in full, charges as charged, refunds as nothing, each dated at its hold.
 * The day is the UTC day; week and month are the last 7 and 30 days.
 */
export async function readSpent(ctx: Ctx, agentId: string): Promise<Spent> {
  const [row] = await runStatement<[Spent]>(
    ctx,
    Prisma.sql`with spending as (
      select created_at, case
        when status in ('failed', 'refunded') then 0
        when status = 'completed' then credits_charged
        else max_budget end as cents
      from task where buyer_agent_id = ${agentId} and created_at > city_now() - interval '30 days')
    select coalesce(sum(cents) filter (where created_at >= date_trunc('day', city_now(), 'UTC')), 0)::float8 as daily,
           coalesce(sum(cents) filter (where created_at > city_now() - interval '7 days'), 0)::float8 as weekly,
           coalesce(sum(cents), 0)::float8 as monthly
    from spending`,
  );
  return row;
}
