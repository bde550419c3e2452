import type { Ctx } from "../context.ts";
import { endSessions } from "./end-sessions.ts";

/** Ends every session, owner token and mailed link of an owner. Names given to tokens go too. */
export async function endCredentials(ctx: Ctx, ownerId: string): Promise<void> {
  await endSessions(ctx, ownerId);
  await ctx.db.$executeRaw`
    update owner_token set revoked_at = coalesce(revoked_at, city_now()), name = 'Closed' where owner_id = ${ownerId}`;
  await ctx.db.emailLink.deleteMany({ where: { ownerId } });
}
