import { type Ctx, inTransaction } from "../context.ts";
import { openText } from "../kernel/secrets.ts";
import { mailLink } from "./email-links.ts";

/** What the address of a request is sealed for. */
export const RESET_REQUEST = "reset request";

/** The queue's part of a request for a new password: mails the link, if there is an account. Safe to repeat. */
export async function mailResetLink(ctx: Ctx, input: { sealedEmail: string }): Promise<void> {
  const email = openText(ctx.masterKey, RESET_REQUEST, input.sealedEmail);
  await inTransaction(ctx, async (tx) => {
    const owner = await tx.db.owner.findUnique({ where: { email, closedAt: null } });
    if (owner) await mailLink(tx, owner, "reset");
  });
}
