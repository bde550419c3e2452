import type { Ctx } from "../context.ts";

/** Days that a session which is over is kept, so that its token is told to have expired and not to be wrong. */
const SESSION_DAYS = 30;
/** Days that a trust key's daily counts are kept; the last one stays, for it tells when the key was used. */
const USE_DAYS = 30;
/** Days by which a handled event of Stripe's is known when it comes again: by itself within three, by hand within thirty. */
const EVENT_DAYS = 90;

/** Days that a mail to nobody's address is kept, which is how long it may still be sent. */
const STRANGER_DAYS = 1;

type Forgotten = Record<"sessions" | "links" | "uses" | "events" | "mails" | "keys", number>;

/** Deletes what has had its time and means nothing any more, so that no table grows with every sign-in and every event. */
export async function forgetExpired(ctx: Ctx): Promise<Forgotten> {
  const sessions = await ctx.db.$executeRaw`
    delete from session
    where least(coalesce(ended_at, expires_at), expires_at) < city_now() - make_interval(days => ${SESSION_DAYS})`;
  const links = await ctx.db.$executeRaw`delete from email_link where expires_at < city_now()`;
  const uses = await ctx.db.$executeRaw`
    delete from trust_key_use u
    where day < (city_now() at time zone 'utc')::date - ${USE_DAYS}::int
      and exists (select 1 from trust_key_use later where later.key_id = u.key_id and later.day > u.day)`;
  const events = await ctx.db.$executeRaw`
    delete from stripe_event where handled_at is not null
      and received_at < city_now() - make_interval(days => ${EVENT_DAYS})`;
  // They tell of tasks, and are kept as long as what was done for those. An address that no owner has any more goes
  // sooner: sending has let go of it, and where mails stay in the outbox, or could not be sent, this does.
  const mails = await ctx.db.$executeRaw`
    delete from mail
    where created_at < city_now() - make_interval(days => ${ctx.settings.retention.transcriptDays})
       or (created_at < city_now() - make_interval(days => ${STRANGER_DAYS})
           and not exists (select 1 from owner where email = mail."to"))`;
  const keys = await ctx.db.$executeRaw`delete from idempotency_key where expires_at < city_now()`;
  return { sessions, links, uses, events, mails, keys };
}
