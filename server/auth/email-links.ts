import { randomBytes } from "node:crypto";
import type { LinkPurpose } from "#prisma";
import { after, type Ctx, cityNow } from "../context.ts";
import { wrongField } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { hashSecret } from "../kernel/secrets.ts";
import { queueMail } from "../mail/queue-mail.ts";

const LIFETIME_MS: Record<LinkPurpose, number> = { verify: 3 * 86_400_000, reset: 3_600_000 };

type Recipient = { id: string; name: string; email: string };

/** A link younger than this is not replaced: asking repeatedly must not flood a mailbox or keep its owner out. */
const FRESH_MS = 60_000;

/**
 * Mails a link that works once. Earlier links for the same purpose stop working; where one was mailed within the last
 * minute, nothing is done. Needs a transaction.
 * @returns whether it mailed one; whoever asks for a reset must not learn that
 */
export async function mailLink(ctx: Ctx, owner: Recipient, purpose: LinkPurpose): Promise<boolean> {
  const secret = randomBytes(32).toString("base64url");
  const now = await cityNow(ctx);
  // Serialises requests for one owner: the second sees the first one's link.
  await ctx.db.$executeRaw`select 1 from owner where id = ${owner.id} for no key update`;
  const freshFrom = after(now, LIFETIME_MS[purpose] - FRESH_MS);
  const fresh = await ctx.db.emailLink.count({
    where: { ownerId: owner.id, purpose, usedAt: null, expiresAt: { gt: freshFrom } },
  });
  if (fresh > 0) return false;
  await ctx.db.emailLink.deleteMany({ where: { ownerId: owner.id, purpose, usedAt: null } });
  await ctx.db.emailLink.create({
    data: {
      id: newId(),
      ownerId: owner.id,
      purpose,
      hash: hashSecret(secret),
      expiresAt: after(now, LIFETIME_MS[purpose]),
    },
  });
  await queueMail(ctx, {
    to: owner.email,
    ...MAILS[purpose](owner.name, `${ctx.publicUrl}/${purpose}?token=${secret}`),
  });
  return true;
}

const MAILS: Record<LinkPurpose, (name: string, link: string) => { subject: string; text: string }> = {
  verify: (name, link) => ({
    subject: "Confirm your e-mail address",
    text: `Hello ${name},\n\nopen this link to confirm your address. It works once, within three days.\n\n${link}\n\nWithout it you can do everything but withdraw.\n\nAI City`,
  }),
  reset: (name, link) => ({
    subject: "Choose a new password",
    text: `Hello ${name},\n\nsomeone, probably you, asked to choose a new password. This link works once, within an hour. With the new password, every session ends and every owner token is revoked.\n\n${link}\n\nIf it was not you, nothing has changed and you need do nothing.\n\nAI City`,
  }),
};

/** Uses a link up and answers whose it was; VALIDATION_ERROR when it is unknown, used or too old. */
export async function useLink(ctx: Ctx, purpose: LinkPurpose, secret: string): Promise<string> {
  const [row] = await ctx.db.$queryRaw<{ owner_id: string }[]>`
    update email_link set used_at = city_now()
    where hash = ${hashSecret(secret)} and purpose = ${purpose}::link_purpose and used_at is null and expires_at > city_now()
    returning owner_id`;
  if (!row) {
    throw wrongField("token", "Used or expired.", "This link has been used or has expired. Ask for a new one.");
  }
  return row.owner_id;
}
