import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { findListed } from "./find-task.ts";
import type { submittedTasks } from "./schema.ts";
import { viewForSeller } from "./view.ts";

/** Writes of `last_seen_at` in a presence window, at most, so that thousands of pollers write little. */
const NOTES_A_WINDOW = 6;

/**
 * The offers that wait for the calling agent: not provisioned yet, or provisioned and left alone for a while (the agent
 * may have crashed). Asking also tells the router that the agent is there.
 */
export async function listSubmitted(ctx: Ctx<AgentActor>): Promise<z.infer<typeof submittedTasks>> {
  const { agentId } = ctx.actor;
  const { presenceSeconds } = ctx.settings.routing;
  await ctx.db.$executeRaw`
    update agent set last_seen_at = city_now()
    where id = ${agentId}
      and (last_seen_at is null or last_seen_at < city_now() - make_interval(secs => ${presenceSeconds / NOTES_A_WINDOW}))`;
  const waiting = await ctx.db.$queryRaw<{ id: string }[]>`
    select t.id from task t left join sandbox s on s.task_id = t.id and s.status in ('provisioning', 'ready')
    where t.agent_id = ${agentId} and t.status = 'routing'
      and (s.id is null
           or s.ready_at < city_now() - make_interval(secs => ${ctx.settings.execution.reofferAfterSeconds}))
    order by t.offered_at limit 100`;
  if (waiting.length === 0) return [];
  const ids = waiting.map((row) => row.id);
  const tasks = await findListed(ctx, ids, "seller");
  return tasks.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id)).map(viewForSeller);
}
