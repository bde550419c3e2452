import type { Ctx } from "../context.ts";

/**
 * Overwrites what an owner's agents are called and say of themselves, and their keys. Their scores and tasks stay: they
 * are other people's records too. For agents that are deactivated for good.
 */
export async function anonymiseAgents(ctx: Ctx, ownerId: string): Promise<void> {
  await ctx.db.$executeRaw`
    update agent set display_name = 'Closed agent', description = null, model = null,
      key_hash = 'closed:' || id, key_display = 'closed'
    where owner_id = ${ownerId}`;
  await ctx.db.$executeRaw`
    delete from agent_capability where agent_id in (select id from agent where owner_id = ${ownerId})`;
}
