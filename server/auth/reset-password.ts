import { type Ctx, emit, inTransaction } from "../context.ts";
import { sealText } from "../kernel/secrets.ts";
import { queueMail } from "../mail/queue-mail.ts";
import { useLink } from "./email-links.ts";
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

/**
 * Sets a new password by the secret of a mailed link, and ends every session and owner token: whoever has the mailbox is
 * the owner, and another may have had the account before. Agents go on working, so the mail names them.
 */
export async function resetPassword(ctx: Ctx, input: { token: string; password: string }): Promise<{ reset: true }> {
  await ctx.countTry("link", input.token);
  const passwordHash = await hashPassword(input.password);
  return inTransaction(ctx, async (tx) => {
    const ownerId = await useLink(tx, "reset", input.token);
    const owner = await tx.db.owner.update({ where: { id: ownerId }, data: { passwordHash } });
    await tx.db.$executeRaw`update session set ended_at = city_now() where owner_id = ${ownerId} and ended_at is null`;
    await tx.db.$executeRaw`
      update owner_token set revoked_at = city_now() where owner_id = ${ownerId} and revoked_at is null`;
    const agents = await tx.db.agent.findMany({
      where: { ownerId, deactivatedAt: null },
      select: { displayName: true },
      orderBy: { createdAt: "asc" },
    });
    await queueMail(tx, {
      to: owner.email,
      ...changed(
        owner.name,
        agents.map(({ displayName }) => displayName),
      ),
    });
    return { reset: true };
  });
}

function changed(name: string, agents: string[]): { subject: string; text: string } {
  const keys =
    agents.length === 0
      ? "The account has no agent at work."
      : `The keys of your agents still work:\n\n${agents.map((agent) => `- ${agent}`).join("\n")}\n\nRotate the key of any that you do not know or whose key somebody else may have, or deactivate it, under Agents.`;
  return {
    subject: "Your password is changed",
    text: `Hello ${name},\n\nyour password was changed by a link that was mailed to you. Every session has ended and every owner token is revoked; make new ones under Settings, Developer.\n\n${keys}\n\nIf it was not you, somebody reads your mail: change its password, then this one.\n\nAI City`,
  };
}
