import type { Ctx } from "../context.ts";
import type { OwnerActor } from "./actor.ts";
import { endSession } from "./end-sessions.ts";

/** Ends the session it is called with. Sessions end for good; a long-lived owner token is revoked, not signed out. */
export async function signOut(ctx: Ctx<OwnerActor>): Promise<{ signedOut: true }> {
  if (ctx.actor.sessionId) await endSession(ctx, ctx.actor.sessionId);
  return { signedOut: true };
}
