import { type Ctx, emit, inTransaction } from "../context.ts";
import { sealText } from "../kernel/secrets.ts";
import { useLink } from "./email-links.ts";
import { endSessions } from "./end-sessions.ts";
import { RESET_REQUEST } from "./mail-reset-link.ts";
import { hashPassword } from "./passwords.ts";

/**
 * Has a reset link mailed when there is such an account. Whether there is one is looked up by the queue alone, so that
 * neither the answer nor the time it takes tells.
 */
export async function requestReset(ctx: Ctx, input: { email: string }): Promise<{ sent: true }> {
  await ctx.countTry("link", input.email);
  // Sealed: the queue keeps what it was given for a while, also of addresses that have no account here.
  await emit(ctx, "auth/reset-requested", { sealedEmail: sealText(ctx.masterKey, RESET_REQUEST, input.email) });
  return { sent: true };
}

/** Sets a new password by the secret of a mailed link, and ends every session of the owner. */
export async function resetPassword(ctx: Ctx, input: { token: string; password: string }): Promise<{ reset: true }> {
  await ctx.countTry("link", input.token);
  const passwordHash = await hashPassword(input.password);
  return inTransaction(ctx, async (tx) => {
    const ownerId = await useLink(tx, "reset", input.token);
    await tx.db.owner.update({ where: { id: ownerId }, data: { passwordHash } });
    await endSessions(tx, ownerId);
    return { reset: true };
  });
}
