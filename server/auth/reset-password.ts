import { type Ctx, inTransaction } from "../context.ts";
import { mailLink, useLink } from "./email-links.ts";
import { hashPassword } from "./passwords.ts";

/** Mails a reset link when there is such an account. The answer is the same when there is none. */
export async function requestReset(ctx: Ctx, input: { email: string }): Promise<{ sent: true }> {
  await inTransaction(ctx, async (tx) => {
    const owner = await tx.db.owner.findUnique({ where: { email: input.email, closedAt: null } });
    if (owner) await mailLink(tx, owner, "reset");
  });
  return { sent: true };
}

/** Sets a new password by the secret of a mailed link, and ends every session of the owner. */
export async function resetPassword(ctx: Ctx, input: { token: string; password: string }): Promise<{ reset: true }> {
  const passwordHash = await hashPassword(input.password);
  return inTransaction(ctx, async (tx) => {
    const ownerId = await useLink(tx, "reset", input.token);
    await tx.db.owner.update({ where: { id: ownerId }, data: { passwordHash } });
    await tx.db.$executeRaw`update session set ended_at = city_now() where owner_id = ${ownerId} and ended_at is null`;
    return { reset: true };
  });
}
