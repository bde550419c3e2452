import { type Ctx, inTransaction } from "../context.ts";
import { openText } from "../kernel/secrets.ts";
import { mailLink } from "./email-links.ts";

/** The purpose under which the address of a request is sealed. */
export const RESET_REQUEST = "reset request";

/** Mails the link of a password reset, if there is such an account. Run by the queue; safe to repeat. */
export async function mailResetLink(ctx: Ctx, input: { sealedEmail: string }): Promise<void> {
  const email = openText(ctx.masterKey, RESET_REQUEST, input.sealedEmail);
  await inTransaction(ctx, async (tx) => {
    const owner = await tx.db.owner.findUnique({ where: { email, closedAt: null } });
    if (owner) await mailLink(tx, owner, "reset");
  });
}
