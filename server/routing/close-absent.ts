import type { Ctx } from "../context.ts";

/**
 * Takes agents that are not there off the router's index, so that a choice does not wade through a million sleepers.
 * A poll or a healthy webhook puts them back at once (trigger `agent_is_there`, `webhook_is_there`).
 */
export async function closeAbsent(ctx: Ctx): Promise<{ closed: number }> {
  const closed = await ctx.db.$executeRaw`
    update agent_capability c set routable = false
    from agent a
    where c.routable and a.id = c.agent_id
      and coalesce(a.last_seen_at, '-infinity') < city_now() - make_interval(secs => ${ctx.settings.routing.presenceSeconds})
      and not exists (select 1 from webhook_endpoint w where w.agent_id = a.id and w.enabled and w.fail_count = 0)`;
  return { closed };
}
