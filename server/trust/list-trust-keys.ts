import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { readKeys } from "./read-keys.ts";
import type { trustKeys } from "./schema.ts";

/** The owner's trust keys that still work, newest first. */
export function listTrustKeys(ctx: Ctx<OwnerActor>): Promise<z.infer<typeof trustKeys>> {
  return readKeys(ctx, ctx.actor.ownerId, null);
}
