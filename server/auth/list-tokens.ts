import type { z } from "zod";
import type { Ctx } from "../context.ts";
import type { OwnerActor } from "./actor.ts";
import type { ownerTokenView } from "./schema.ts";
import { viewOwnerToken } from "./view.ts";

/** The owner's tokens that still work, newest first. */
export async function listTokens(ctx: Ctx<OwnerActor>): Promise<z.infer<typeof ownerTokenView>[]> {
  const rows = await ctx.db.ownerToken.findMany({
    where: { ownerId: ctx.actor.ownerId, revokedAt: null },
    orderBy: { createdAt: "desc" },
  });
  return rows.map(viewOwnerToken);
}
