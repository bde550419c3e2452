import { type Ctx, inTransaction } from "../context.ts";
import { useLink } from "./email-links.ts";
import { endSessions } from "./end-sessions.ts";
import { hashPassword } from "./passwords.ts";

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
