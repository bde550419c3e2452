import { Prisma } from "#prisma";

/** One promise about the books: its number in the product's contract, and a query whose every row is a violation. */
export type Invariant = {
  no: number;
  name: string;
  violations: (owners: string[] | null) => Prisma.Sql;
  /** Says nothing about single owners. */
  wholeOnly?: true;
};

/** Accounts to look at: all, or those of some owners and their agents. */
const accounts = (owners: string[] | null) => {
  if (owners === null) return Prisma.sql`(select * from ledger.account)`;
  return Prisma.sql`(select * from ledger.account where name = any (array(
    select kind || ':' || owner_id from unnest(${owners}::text[]) as owner_id,
      unnest(array['pool', 'held', 'payout_in_flight', 'receivable:owner']) as kind
    union all
    select kind || ':' || agent.id from agent, unnest(array['wallet', 'escrow', 'disputed', 'receivable:agent']) as kind
      where agent.owner_id = any (${owners}::text[]))))`;
};

const tasks = (owners: string[] | null) =>
  owners === null ? Prisma.sql`task` : Prisma.sql`(select * from task where buyer_owner_id = any (${owners}::text[]))`;

const rowsOf = (table: "top_up" | "withdrawal", owners: string[] | null) => {
  const name = Prisma.raw(table);
  return owners === null ? name : Prisma.sql`(select * from ${name} where owner_id = any (${owners}::text[]))`;
};

const whole = (owners: string[] | null, query: Prisma.Sql) =>
  owners === null ? Prisma.sql`union all ${query}` : Prisma.empty;

const UNFINISHED = Prisma.sql`('submitted', 'routing', 'executing', 'quality_check')`;

const zeroSum: Invariant = {
  no: 1,
  name: "entries sum to zero",
  violations: (owners) => Prisma.sql`
    select 'all balances together are ' || sum(balance) as detail from ledger.account having sum(balance) <> 0
    ${whole(owners, Prisma.sql`select 'all entries together are ' || sum(amount) from ledger.entry having sum(amount) <> 0`)}
    ${whole(
      owners,
      Prisma.sql`
        select 'transaction ' || transaction_id || ' moved the balances by ' || sum(step) from (
          select transaction_id, balance - lag(balance, 1, 0::bigint) over (partition by account_id order by version) as step
          from ledger.entry) steps
        group by transaction_id having sum(step) <> 0`,
    )}
    ${whole(
      owners,
      Prisma.sql`
        select 'posting ' || p.transaction_id || '.' || p.leg || ' belongs to nothing' from ledger.posting p
        where not exists (select from ledger.transaction t where t.id = p.transaction_id)
           or not exists (select from ledger.account a where a.id = p.from_account)
           or not exists (select from ledger.account a where a.id = p.to_account)`,
    )}`,
};

const balancesEqualEntries: Invariant = {
  no: 2,
  name: "each balance equals its entries",
  violations: (owners) => Prisma.sql`
    select a.name || ' stands at ' || a.balance || ' in version ' || a.version || ', its ' || e.count || ' entries at ' || e.sum as detail
    from ${accounts(owners)} a cross join lateral (
      select coalesce(sum(amount), 0) as sum, count(*) as count, coalesce(max(version), 0) as newest
      from ledger.entry where account_id = a.id) e
    where a.balance <> e.sum or a.version <> e.count or a.version <> e.newest
    union all
    select a.name || ' version ' || s.version || ' does not follow from the one before' from (
      select account_id, version, transaction_id, amount, balance,
        lag(version, 1, 0::bigint) over w as version_before, lag(balance, 1, 0::bigint) over w as balance_before,
        lag(transaction_id, 1, 0::bigint) over w as transaction_before
      from ledger.entry where account_id in (select id from ${accounts(owners)} mine)
      window w as (partition by account_id order by version)) s
    join ledger.account a on a.id = s.account_id
    where s.balance <> s.balance_before + s.amount or s.version <> s.version_before + 1
       or s.transaction_id < s.transaction_before`,
};

const noneBelowZero: Invariant = {
  no: 3,
  name: "no user account below zero",
  violations: (owners) => Prisma.sql`
    select name || ' stands at ' || balance as detail from ${accounts(owners)} a
    where (balance < 0 and kind not in ('cash', 'promo', 'receivable')) or (balance > 0 and kind = 'receivable')`,
};

const holdsEqualBudgets: Invariant = {
  no: 4,
  name: "open holds equal the budgets of unfinished tasks",
  violations: (owners) => Prisma.sql`
    select 'task ' || t.id || ' is ' || t.status || ' with a budget of ' || t.max_budget || ', its hold is ' ||
      coalesce(p.amount::text, 'missing') || case when c.id is null then '' else ', closed' end as detail
    from ${tasks(owners)} t
    left join ledger.transaction h on h.reference = 'task:' || t.id || ':hold'
    left join ledger.posting p on p.transaction_id = h.id
    left join ledger.transaction c on c.closes = h.id
    where p.amount is distinct from t.max_budget::bigint or (t.status in ${UNFINISHED}) <> (c.id is null)
    union all
    select a.name || ' stands at ' || a.balance || ', unfinished budgets at ' || coalesce(sum(t.max_budget), 0)
    from ${accounts(owners)} a
    left join task t on t.buyer_owner_id = substr(a.name, 6) and t.status in ${UNFINISHED}
    where a.kind = 'held' group by a.name, a.balance having a.balance <> coalesce(sum(t.max_budget), 0)
    ${whole(
      owners,
      Prisma.sql`
        select 'hold ' || h.reference || ' has no task' from ledger.transaction h
        where h.kind = 'hold' and not exists (select from task t where h.reference = 'task:' || t.id || ':hold')`,
    )}`,
};

const chargedOnce: Invariant = {
  no: 5,
  name: "per task one charge, one release, refunds within the charge",
  violations: (owners) => Prisma.sql`
    select 'task ' || t.id || ' is ' || t.status || ': ' || m.charges || ' charges of ' || m.charged || ', ' || m.releases ||
      ' releases, refunded ' || m.refunded as detail
    from ${tasks(owners)} t cross join lateral (
      select count(distinct x.id) filter (where x.kind = 'charge') as charges,
        count(distinct x.id) filter (where x.kind = 'escrow_release') as releases,
        coalesce(sum(p.amount) filter (where x.kind = 'charge' and p.reason in ('charge', 'fee')), 0) as charged,
        coalesce(sum(p.amount) filter (where x.kind = 'refund'), 0) as refunded
      from ledger.transaction x join ledger.posting p on p.transaction_id = x.id
      where x.reference > 'task:' || t.id || ':' and x.reference < 'task:' || t.id || ';') m
    where m.charges > 1 or m.releases > 1 or m.refunded > m.charged
       or (m.charges = 1) <> (t.status in ('completed', 'refunded'))
       or (t.status = 'refunded') <> (m.charges = 1 and m.refunded = m.charged)
       or (t.status <> 'refunded' and m.refunded > 0)`,
};

const splitAddsUp: Invariant = {
  no: 6,
  name: "fee + seller's share = charge, within the hold",
  violations: (owners) => Prisma.sql`
    select 'task ' || t.id || ' charged ' || coalesce(t.credits_charged::text, 'nothing') || ' of ' || t.max_budget || ': fee ' ||
      m.fee || ', share ' || m.share || ', rest ' || m.rest as detail
    from ${tasks(owners)} t
    join ledger.transaction c on c.reference = 'task:' || t.id || ':charge'
    cross join lateral (
      select coalesce(sum(amount) filter (where reason = 'fee'), 0) as fee,
        coalesce(sum(amount) filter (where reason = 'charge'), 0) as share,
        coalesce(sum(amount) filter (where reason = 'hold_release'), 0) as rest
      from ledger.posting where transaction_id = c.id) m
    where m.fee + m.share is distinct from t.credits_charged::bigint
       or m.fee is distinct from t.fee_cents::bigint
       or m.fee <> floor(((m.fee + m.share) * 15 + 50) / 100)
       or m.fee + m.share + m.rest <> t.max_budget`,
};

const cashMatchesRecords: Invariant = {
  no: 7,
  name: "cash in the books = what came in less what went out",
  violations: (owners) => Prisma.sql`
    select 'top-up ' || t.id || ' is ' || t.status || ' with ' || t.amount || ' less ' || t.returned_cents || ', cash moved ' || m.cash as detail
    from ${rowsOf("top_up", owners)} t cross join lateral (
      select coalesce(sum(case when f.kind = 'cash' then p.amount else -p.amount end), 0) as cash
      from ledger.transaction x join ledger.posting p on p.transaction_id = x.id
      join ledger.account f on f.id = p.from_account
      where x.reference > 'topup:' || t.id || ':' and x.reference < 'topup:' || t.id || ';') m
    where m.cash <> case when t.status in ('paid', 'charged_back') then t.amount - t.returned_cents else 0 end
    union all
    select 'withdrawal ' || w.id || ' is ' || w.status || ', the ledger has ' || coalesce(m.kinds, 'nothing') || ' of ' || coalesce(m.amount, 0)
    from ${rowsOf("withdrawal", owners)} w cross join lateral (
      select string_agg(distinct x.kind, ' ' order by x.kind) as kinds,
        sum(p.amount) filter (where x.kind = 'payout_start') as amount
      from ledger.transaction x join ledger.posting p on p.transaction_id = x.id
      where x.reference > 'withdrawal:' || w.id || ':' and x.reference < 'withdrawal:' || w.id || ';') m
    where m.amount is distinct from w.amount or case w.status
      when 'requested' then m.kinds <> 'payout_start' when 'processing' then m.kinds <> 'payout_start'
      when 'paid' then m.kinds <> 'payout_paid payout_start'
      else m.kinds not in ('payout_failed payout_start', 'payout_failed payout_paid payout_start') end
    ${whole(
      owners,
      Prisma.sql`
        select 'the books hold ' || books.cash || ' of cash, the records say ' || records.cash from
          (select -coalesce(sum(balance), 0) as cash from ledger.account where kind = 'cash') books,
          (select coalesce((select sum(amount - returned_cents) from top_up where status in ('paid', 'charged_back')), 0)
                - coalesce((select sum(amount) from withdrawal where status = 'paid'), 0) as cash) records
        where books.cash <> records.cash`,
    )}`,
};

const appendOnly: Invariant = {
  no: 8,
  name: "history cannot be changed",
  wholeOnly: true,
  violations: () => Prisma.sql`
    select 'allowed: ' || statement as detail from ledger.writable_history() as statement
    union all
    select 'trigger ' || t.tgname || ' on ' || t.tgrelid::regclass || ' is off' from pg_trigger t
      where t.tgname = 'append_only' and t.tgenabled not in ('O', 'A')
    union all
    select 'only ' || count(*) || ' append-only triggers' from pg_trigger
      where tgname = 'append_only' and tgrelid in (select oid from pg_class where relnamespace = 'ledger'::regnamespace)
      having count(*) < 4
    union all
    select 'right to ' || acl.privilege_type || ' ' || c.relname || ' was granted to ' || acl.grantee::regrole
    from pg_class c cross join lateral aclexplode(c.relacl) acl
    where c.relnamespace = 'ledger'::regnamespace and c.relname in ('transaction', 'posting', 'seal')
      and acl.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')`,
};

/** The contract's seven, and that history stays as it was written. The hash chain is checked apart: it needs every row. */
export const INVARIANTS: readonly Invariant[] = [
  zeroSum,
  balancesEqualEntries,
  noneBelowZero,
  holdsEqualBudgets,
  chargedOnce,
  splitAddsUp,
  cashMatchesRecords,
  appendOnly,
];
