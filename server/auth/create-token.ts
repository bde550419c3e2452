import type { z } from "zod";
import { after, type Ctx, cityNow } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import { makeSecret } from "../kernel/secrets.ts";
import type { OwnerActor } from "./actor.ts";
import type { createdToken, createTokenInput } from "./schema.ts";
import { viewOwnerToken } from "./view.ts";

/** Makes a long-lived owner token. The token itself is in this answer and nowhere else. */
export async function createToken(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof createTokenInput>,
): Promise<z.infer<typeof createdToken>> {
  const { secret, hash, display } = makeSecret("aco_live_");
  const now = await cityNow(ctx);
  const row = await ctx.db.ownerToken.create({
    data: {
      id: newId(),
      ownerId: ctx.actor.ownerId,
      name: input.name,
      tokenHash: hash,
      display,
      createdAt: now,
      expiresAt: input.expiresInDays ? after(now, input.expiresInDays * 86_400_000) : null,
    },
  });
  return { ...viewOwnerToken(row), token: secret };
}
