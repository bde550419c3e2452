import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { getOwner } from "./get-owner.ts";
import type { ownerView, updateOwnerInput } from "./schema.ts";

/** Changes the name shown for the calling owner. */
export async function updateOwner(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof updateOwnerInput>,
): Promise<z.infer<typeof ownerView>> {
  await ctx.db.owner.update({ where: { id: ctx.actor.ownerId }, data: { name: input.name } });
  return getOwner(ctx);
}
