import { type Ctx, inTransaction } from "../context.ts";
import type { Cents } from "../kernel/money.ts";

/** By itself an event is sent again for three days at most, and reconciliation has looked by then. */
export const OVERDUE_DAYS = 4;

/** What the books say of cash, and of everything at the card company that it came from or went to. */
export type Booked = {
  /** Cash as the ledger has it. */
  books: Cents;
  /** In pools and wallets of closed accounts. */
  stranded: Cents;
  topUps: Set<string>;
  paidOut: Set<string>;
  /** Withdrawals on their way. */
  underWay: Set<string>;
  /** By the refund's key of ours. */
  returns: { key: string; amount: Cents; old: boolean }[];
  /** Ids of the card company's refunds and disputes that are booked and not reversed. */
  takenBack: Set<string>;
};

/** All of one moment. */
export function readBooked(ctx: Ctx): Promise<Booked> {
  return inTransaction(ctx, async (tx) => {
    await tx.db.$executeRaw`set transaction isolation level repeatable read, read only`;
    const topUps = await tx.db.topUp.findMany({
      where: { status: { in: ["paid", "charged_back"] } },
      select: { id: true },
    });
    const withdrawals = await tx.db.withdrawal.findMany({ select: { id: true, status: true } });
    const withdrawn = (...states: string[]) =>
      new Set(withdrawals.filter(({ status }) => states.includes(status)).map(({ id }) => id));
    return {
      ...(await readBalances(tx)),
      topUps: new Set(topUps.map(({ id }) => id)),
      paidOut: withdrawn("paid"),
      underWay: withdrawn("requested", "processing"),
      returns: await readReturns(tx),
      takenBack: await readTakenBack(tx),
    };
  });
}

async function readBalances(ctx: Ctx): Promise<{ books: Cents; stranded: Cents }> {
  const [{ books, stranded }] = await ctx.db.$queryRaw<[{ books: bigint; stranded: bigint }]>`
    with closed as (
      select 'pool:' || id as name from owner where closed_at is not null
      union all
      select 'wallet:' || a.id from agent a join owner o on o.id = a.owner_id where o.closed_at is not null)
    select (select -coalesce(sum(balance), 0)::bigint from ledger.account where kind = 'cash') as books,
           (select coalesce(sum(balance), 0)::bigint from ledger.account join closed using (name)) as stranded`;
  return { books: Number(books), stranded: Number(stranded) };
}

async function readReturns(ctx: Ctx): Promise<Booked["returns"]> {
  const rows = await ctx.db.$queryRaw<{ key: string; amount: bigint; old: boolean }[]>`
    select split_part(t.reference, ':', 4) as key, p.amount,
           t.at < city_now() - make_interval(days => ${OVERDUE_DAYS}) as old
    from ledger.transaction t join ledger.posting p on p.transaction_id = t.id
    where t.kind = 'return' and not exists (select from ledger.transaction u where u.reverses = t.id)`;
  return rows.map((row) => ({ ...row, amount: Number(row.amount) }));
}

async function readTakenBack(ctx: Ctx): Promise<Booked["takenBack"]> {
  const rows = await ctx.db.$queryRaw<{ key: string }[]>`
    select split_part(t.reference, ':', 4) as key from ledger.transaction t where t.kind = 'chargeback'
      and not exists (select from ledger.transaction won
        where won.reference = replace(t.reference, ':chargeback:', ':chargeback_won:'))`;
  return new Set(rows.map(({ key }) => key));
}
