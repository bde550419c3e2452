import type { TrustActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { CityError } from "../kernel/errors.ts";

/** Counts one use of the calling key. The day's row decides, so the limit holds over processes and restarts. */
export async function countTrustUse(ctx: Ctx<TrustActor>): Promise<void> {
  const { trustPerDay } = ctx.settings.limits;
  const counted = await ctx.db.$queryRaw<{ uses: number }[]>`
    insert into trust_key_use (key_id, day, uses)
    values (${ctx.actor.keyId}, (city_now() at time zone 'utc')::date, 1)
    on conflict (key_id, day) do update set uses = trust_key_use.uses + 1 where trust_key_use.uses < ${trustPerDay}
    returning uses`;
  if (counted.length > 0) return;
  const [{ seconds }] = await ctx.db.$queryRaw<[{ seconds: number }]>`
    select extract(epoch from date_trunc('day', utc) + interval '1 day' - utc)::float8 as seconds
    from (select city_now() at time zone 'utc' as utc) as moment`;
  const retryAfter = Math.max(1, Math.ceil(seconds));
  throw new CityError("RATE_LIMITED", `This key has had its ${trustPerDay} reads of today (UTC).`, {
    retryAfter,
    details: { policy: "trust-per-day", quota: trustPerDay },
  });
}
