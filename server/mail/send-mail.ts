import type { Ctx } from "../context.ts";

/**
 * Sends a queued mail, and remembers that it did; one to an address that is no owner's, as the last word to whoever has
 * closed an account, is forgotten with that. Where there is only the outbox, the row itself is the mail.
 */
export async function sendMail(ctx: Ctx, input: { mailId: string }): Promise<{ sent: boolean }> {
  const mail = await ctx.db.mail.findUnique({ where: { id: input.mailId } });
  if (!mail || mail.sentAt || ctx.ports.mail.adapter === "outbox") return { sent: false };
  await ctx.ports.mail.send(mail);
  await ctx.db.$executeRaw`update mail set sent_at = city_now() where id = ${mail.id}`;
  await ctx.db.$executeRaw`
    delete from mail where id = ${mail.id} and not exists (select 1 from owner where email = ${mail.to})`;
  return { sent: true };
}
