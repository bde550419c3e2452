import type { Ctx } from "../context.ts";
import { sendMail } from "./send-mail.ts";

/** By then the tries of the mail's own function are over, or rare; after a day its news are none. */
const LATE_HOURS = 2;
const STALE_HOURS = 24;
const AT_A_TIME = 100;
/** So many that fail in one round: the mail server is still away. */
const PATIENCE = 3;

/**
 * What a long outage of the mail server has left behind, each tried once an hour; no link for a new password, which has
 * died by then. In no order, so that mails which no server takes do not stand before the others.
 */
export async function sendLateMails(ctx: Ctx): Promise<{ mails: number }> {
  if (ctx.ports.mail.adapter === "outbox") return { mails: 0 };
  const late = await ctx.db.$queryRaw<{ id: string }[]>`
    select id from mail
    where sent_at is null and created_at < city_now() - make_interval(hours => ${LATE_HOURS})
      and created_at > city_now() - make_interval(hours => ${STALE_HOURS})
      and mod(extract(epoch from city_now() - created_at)::int, 3600) < 600 and text not like '%/reset?token=%'
    order by random() limit ${AT_A_TIME}`;
  let [sent, failed] = [0, 0];
  for (const { id } of late) {
    if (failed === PATIENCE) break;
    await sendMail(ctx, { mailId: id }).then(
      () => (sent += 1),
      (error: Error) => {
        failed += 1;
        ctx.log.warn({ mailId: id, error: error.message }, "a late mail could not be sent");
      },
    );
  }
  return { mails: sent };
}
