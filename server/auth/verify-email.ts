import { type Ctx, inTransaction } from "../context.ts";
import type { OwnerActor } from "./actor.ts";
import { mailLink, useLink } from "./email-links.ts";

/** Mails the calling owner a new confirmation link, unless the address is confirmed already. */
export async function requestVerification(ctx: Ctx<OwnerActor>): Promise<{ sent: boolean }> {
  await ctx.countTry("link", ctx.actor.ownerId);
  return inTransaction(ctx, async (tx) => {
    const owner = await tx.db.owner.findUniqueOrThrow({ where: { id: tx.actor.ownerId } });
    if (owner.emailVerifiedAt) return { sent: false };
    await mailLink(tx, owner, "verify");
    return { sent: true };
  });
}

/** Confirms an address by the secret of a mailed link. */
export async function verifyEmail(ctx: Ctx, input: { token: string }): Promise<{ verified: true }> {
  return inTransaction(ctx, async (tx) => {
    const ownerId = await useLink(tx, "verify", input.token);
    await tx.db
      .$executeRaw`update owner set email_verified_at = coalesce(email_verified_at, city_now()) where id = ${ownerId}`;
    return { verified: true };
  });
}
