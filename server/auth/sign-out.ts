import type { Ctx } from "../context.ts";
import type { OwnerActor } from "./actor.ts";

/** Ends the session it is called with. Sessions end for good; a long-lived owner token is revoked, not signed out. */
export async function signOut(ctx: Ctx<OwnerActor>): Promise<{ signedOut: true }> {
  if (ctx.actor.sessionId) {
    await ctx.db
      .$executeRaw`update session set ended_at = city_now() where id = ${ctx.actor.sessionId} and ended_at is null`;
  }
  return { signedOut: true };
}
