import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, cityNow } from "../context.ts";
import type { ownerView } from "./schema.ts";

/** The calling owner's own account. */
export async function getOwner(ctx: Ctx<OwnerActor>): Promise<z.infer<typeof ownerView>> {
  const owner = await ctx.db.owner.findUniqueOrThrow({ where: { id: ctx.actor.ownerId } });
  return {
    id: owner.id,
    name: owner.name,
    email: owner.email,
    emailVerified: owner.emailVerifiedAt !== null,
    role: owner.role,
    createdAt: owner.createdAt.toISOString(),
    now: (await cityNow(ctx)).toISOString(),
  };
}
