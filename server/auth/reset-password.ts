import { type Ctx, inTransaction } from "../context.ts";
import { queueMail } from "../mail/queue-mail.ts";
import { useLink } from "./email-links.ts";
import { endSessions } from "./end-sessions.ts";
import { hashPassword } from "./passwords.ts";

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
    await endSessions(tx, ownerId);
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
