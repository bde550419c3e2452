import type { Ctx } from "#server/context.ts";
import { type CheckReport, checkInvariants } from "./check-invariants.ts";

/** With at most this many postings the whole ledger is checked each time; that takes a second or two. */
const WHOLE_UP_TO = 200_000;
/** In a larger one: the accounts that this many latest transactions touched, and all accounts once an hour. */
const LATEST = 5_000;

/**
 * The check that runs each minute: the whole ledger while it is small; later the tenants whose money moved lately, and
 * everything at the full hour.
 */
export async function checkLately(ctx: Ctx): Promise<CheckReport> {
  const [size] = await ctx.db.$queryRaw<[{ postings: number; fullHour: boolean }]>`
    select greatest(reltuples, 0)::float8 as postings, extract(minute from now()) = 0 as "fullHour"
    from pg_class where oid = 'ledger.posting'::regclass`;
  if (size.postings <= WHOLE_UP_TO || size.fullHour) return checkInvariants(ctx);
  const owners = await ctx.db.$queryRaw<{ id: string }[]>`
    with touched as (
      select distinct a.kind, split_part(a.name, ':', case when a.kind = 'receivable' then 3 else 2 end) as holder,
        a.name like 'receivable:agent:%' or a.kind in ('wallet', 'escrow', 'disputed') as is_agent
      from ledger.posting p join ledger.account a on a.id in (p.from_account, p.to_account)
      where p.transaction_id > (select coalesce(max(id), 0) from ledger.transaction) - ${LATEST}
        and a.kind not in ('cash', 'promo', 'fees'))
    select holder as id from touched where not is_agent
    union
    select agent.owner_id from touched join agent on agent.id = touched.holder where is_agent`;
  return checkInvariants(ctx, { ownerIds: owners.map(({ id }) => id) });
}
