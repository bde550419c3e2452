import type { Ctx } from "../context.ts";

/** Deletes every mail to an address, sent or not. */
export async function forgetMails(ctx: Ctx, to: string): Promise<void> {
  await ctx.db.mail.deleteMany({ where: { to } });
}
