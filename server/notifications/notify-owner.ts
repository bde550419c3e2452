import type { Ctx } from "../context.ts";
import { queueMailOn } from "../mail/queue-mail.ts";
import { type Notice, writeNotice } from "./notices.ts";

/** Mails an owner what happened, if they want to know: in the transaction of the change, so once or not at all. */
export async function notifyOwner(ctx: Ctx, ownerId: string, notice: Notice): Promise<void> {
  const { topic, ...mail } = writeNotice(notice, ctx.publicUrl);
  await queueMailOn(ctx, topic, ownerId, mail);
}
