import { Prisma } from "#prisma";
import { type Ctx, emit, eventJob } from "../context.ts";
import { newId } from "../kernel/ids.ts";

type Mail = { subject: string; text: string };

/** Writes a mail in the transaction of what it tells of; the queue sends it. */
export async function queueMail(ctx: Ctx, mail: Mail & { to: string }): Promise<void> {
  const id = newId();
  await ctx.db.$executeRaw`
    insert into mail (id, "to", subject, text, created_at)
    values (${id}, ${mail.to}, ${mail.subject}, ${mail.text}, city_now())`;
  if (isSent(ctx)) await emit(ctx, "mail/queued", { mailId: id });
}

/**
 * The same for an owner who wants mails on this topic; for one who does not, or whose account is closed, nothing is
 * written. One statement, since thousands of tasks may end in a minute.
 */
export async function queueMailOn(ctx: Ctx, topic: string, ownerId: string, mail: Mail): Promise<void> {
  const id = newId();
  const job = isSent(ctx)
    ? Prisma.sql`select graphile_worker.add_job('event', ${eventJob("mail/queued", { mailId: id })}::json) from written`
    : Prisma.sql`select 1 from written`;
  await ctx.db.$executeRaw`
    with written as (
      insert into mail (id, "to", subject, text, created_at)
      select ${id}, email, ${mail.subject}, ${mail.text}, city_now() from owner
      where id = ${ownerId} and closed_at is null and not (${topic}::notification_topic = any(muted_topics))
      returning id)
    ${job}`;
}

/** Where there is only the outbox, the row itself is the mail, and nobody has to be woken for it. */
function isSent(ctx: Ctx): boolean {
  return ctx.ports.mail.adapter !== "outbox";
}
