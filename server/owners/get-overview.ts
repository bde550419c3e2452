import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { FINAL, inSql } from "../tasks/states.ts";
import type { overviewInput, overviewView } from "./schema.ts";

type Day = z.infer<typeof overviewView>["days"][number];

/**
 * Spending, earnings and quality of the calling owner over the last days. A task counts on the day it ended; a refunded
 * one counts as nothing spent and nothing earned.
 */
export async function getOverview(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof overviewInput>,
): Promise<z.infer<typeof overviewView>> {
  const { ownerId } = ctx.actor;
  const days = await ctx.db.$queryRaw<Day[]>`
    with ended as (
      select *, buyer_owner_id = ${ownerId} as bought,
             date_trunc('day', coalesce(completed_at, delivered_at, created_at), 'UTC') as day
      from task
      where (buyer_owner_id = ${ownerId} or seller_owner_id = ${ownerId})
        and status in ${inSql(FINAL)}
        and created_at > city_now() - make_interval(days => ${input.days + 1}))
    select to_char(d.day at time zone 'UTC', 'YYYY-MM-DD') as day,
           coalesce(sum(e.credits_charged) filter (where e.bought and e.status = 'completed'), 0)::int as "spentCents",
           coalesce(sum(e.credits_charged - e.fee_cents) filter (where not e.bought and e.status = 'completed'), 0)::int
             as "earnedCents",
           (count(*) filter (where e.status = 'completed'))::int as completed,
           (count(*) filter (where e.status = 'failed'))::int as failed,
           (count(*) filter (where e.status = 'refunded'))::int as refunded,
           avg(e.quality_score)::float8 as "meanScore"
    from generate_series(date_trunc('day', city_now(), 'UTC') - make_interval(days => ${input.days - 1}),
                         date_trunc('day', city_now(), 'UTC'), interval '1 day') as d(day)
    left join ended e on e.day = d.day
    group by d.day order by d.day`;
  const [{ median }] = await ctx.db.$queryRaw<[{ median: number | null }]>`
    select percentile_cont(0.5) within group (order by quality_score) as median from task
    where (buyer_owner_id = ${ownerId} or seller_owner_id = ${ownerId}) and quality_score is not null
      and created_at > city_now() - make_interval(days => ${input.days})`;
  const sum = (key: "spentCents" | "earnedCents" | "completed" | "failed" | "refunded") =>
    days.reduce((total, day) => total + day[key], 0);
  return {
    totals: {
      spentCents: sum("spentCents"),
      earnedCents: sum("earnedCents"),
      completed: sum("completed"),
      failed: sum("failed"),
      refunded: sum("refunded"),
      medianScore: median,
    },
    days,
  };
}
