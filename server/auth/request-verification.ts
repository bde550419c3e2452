import { type Ctx, inTransaction } from "../context.ts";
import type { OwnerActor } from "./actor.ts";
import { mailLink } from "./email-links.ts";

/** Mails the calling owner a new confirmation link, unless the address is confirmed or a link was mailed just now. */
export async function requestVerification(ctx: Ctx<OwnerActor>): Promise<{ sent: boolean }> {
  await ctx.countTry("link", ctx.actor.ownerId);
  return inTransaction(ctx, async (tx) => {
    const owner = await tx.db.owner.findUniqueOrThrow({ where: { id: tx.actor.ownerId } });
    return { sent: owner.emailVerifiedAt === null && (await mailLink(tx, owner, "verify")) };
  });
}
