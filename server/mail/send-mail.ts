import type { Ctx } from "../context.ts";

/** Sends a queued mail, and remembers that it did. Where there is only the outbox, the row itself is the mail. */
export async function sendMail(ctx: Ctx, input: { mailId: string }): Promise<{ sent: boolean }> {
  const mail = await ctx.db.mail.findUnique({ where: { id: input.mailId } });
  if (!mail || mail.sentAt || ctx.ports.mail.adapter === "outbox") return { sent: false };
  await ctx.ports.mail.send(mail);
  await ctx.db.$executeRaw`update mail set sent_at = city_now() where id = ${mail.id}`;
  return { sent: true };
}
