import type { Ctx } from "../context.ts";
import type { OwnerActor } from "./actor.ts";
import { endSessions } from "./end-sessions.ts";

/** Ends all of an owner's sessions, wherever they are. A long-lived owner token is revoked, not signed out. */
export async function signOut(ctx: Ctx<OwnerActor>): Promise<{ signedOut: true }> {
  await endSessions(ctx, ctx.actor.ownerId);
  return { signedOut: true };
}
