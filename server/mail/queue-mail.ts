import { type Ctx, cityNow, emit } from "../context.ts";
import { newId } from "../kernel/ids.ts";

/** Writes a mail in the transaction of what it tells of; the queue sends it. */
export async function queueMail(ctx: Ctx, mail: { to: string; subject: string; text: string }): Promise<void> {
  const id = newId();
  await ctx.db.mail.create({ data: { id, ...mail, createdAt: await cityNow(ctx) } });
  await emit(ctx, "mail/queued", { mailId: id });
}
