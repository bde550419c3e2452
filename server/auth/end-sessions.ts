import type { Ctx } from "../context.ts";

/** Ends every session of an owner for good, but for the one that may stay. */
export async function endSessions(ctx: Pick<Ctx, "db">, ownerId: string, stays: string | null = null): Promise<void> {
  await ctx.db.$executeRaw`
    update session set ended_at = city_now()
    where owner_id = ${ownerId} and ended_at is null and id is distinct from ${stays}`;
}
