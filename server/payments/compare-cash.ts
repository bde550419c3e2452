import type { Ctx } from "../context.ts";
import type { Cents } from "../kernel/money.ts";
import { reachPayments } from "./reach-payments.ts";

/** Cents. `books` = `cardCompany` − `arriving` + `leaving` − `returning` + `unbooked` when nothing is amiss. */
export type CashReport = {
  ok: boolean;
  /** Cash as the ledger has it. */
  books: Cents;
  /** Payments received, less what went back to cards, less what went to sellers, by the card company's own lists. */
  cardCompany: Cents;
  /** Received and not booked yet. */
  arriving: Cents;
  /** Transferred to sellers, and in the books until the bank has it. */
  leaving: Cents;
  /** Out of the pools, and not yet on the way to the card. */
  returning: Cents;
  /** Taken back by the card company, and still in the books. */
  unbooked: Cents;
  /** What none of these explains; zero is right. */
  difference: Cents;
  /** How much of `returning` and `unbooked`, either way, has been so for days; zero is right. */
  overdue: Cents;
  /** In pools and wallets of closed accounts, where nobody can reach it; zero is right. */
  stranded: Cents;
};

/** An event is sent again for three days at most, and reconciliation has looked by then. */
const OVERDUE_DAYS = 4;

/**
 * The seventh promise in full: cash in the books equals the card company's view, less what is in flight, and nothing is in
 * flight for ever. Reads every payment, refund, dispute and transfer there ever was, so it runs daily and on demand, not
 * each minute.
 */
export async function compareCash(ctx: Ctx): Promise<CashReport> {
  const booked = await readBooked(ctx);
  const theirs = await readTheirs(ctx, booked);
  const { books, stranded } = await readBalances(ctx);
  const unsent = booked.returns.filter(({ key }) => !theirs.returned.has(key));
  const returning = sumOf(unsent);
  const { cardCompany, arriving, leaving, unbooked } = theirs.sums;
  const difference = books - (cardCompany - arriving + leaving - returning + unbooked);
  const overdue = theirs.sums.overdue + sumOf(unsent.filter(({ old }) => old));
  const ok = difference === 0 && overdue === 0 && stranded === 0;
  return { ok, books, cardCompany, arriving, leaving, returning, unbooked, difference, overdue, stranded };
}

const sumOf = (list: { amount: Cents }[]) => list.reduce((sum, { amount }) => sum + amount, 0);

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

type Booked = {
  topUps: Set<string>;
  paidOut: Set<string>;
  /** By the refund's key of ours. */
  returns: { key: string; amount: Cents; old: boolean }[];
  /** Ids of the card company's refunds and disputes that are booked and not reversed. */
  takenBack: Set<string>;
};

async function readBooked(ctx: Ctx): Promise<Booked> {
  const topUps = await ctx.db.topUp.findMany({
    where: { status: { in: ["paid", "charged_back"] } },
    select: { id: true },
  });
  const paidOut = await ctx.db.withdrawal.findMany({ where: { status: "paid" }, select: { id: true } });
  const returns = await ctx.db.$queryRaw<{ key: string; amount: bigint; old: boolean }[]>`
    select split_part(t.reference, ':', 4) as key, p.amount,
           t.at < city_now() - make_interval(days => ${OVERDUE_DAYS}) as old
    from ledger.transaction t join ledger.posting p on p.transaction_id = t.id
    where t.kind = 'return' and not exists (select from ledger.transaction u where u.reverses = t.id)`;
  const takenBack = await ctx.db.$queryRaw<{ key: string }[]>`
    select split_part(t.reference, ':', 4) as key from ledger.transaction t where t.kind = 'chargeback'
      and not exists (select from ledger.transaction won
        where won.reference = replace(t.reference, ':chargeback:', ':chargeback_won:'))`;
  return {
    topUps: new Set(topUps.map(({ id }) => id)),
    paidOut: new Set(paidOut.map(({ id }) => id)),
    returns: returns.map((row) => ({ ...row, amount: Number(row.amount) })),
    takenBack: new Set(takenBack.map(({ key }) => key)),
  };
}

type Sums = Record<"cardCompany" | "arriving" | "leaving" | "unbooked" | "overdue", Cents>;

/** Each object of the card company's: what it is to the city's cash there, and what of that the books do not say yet. */
async function readTheirs(ctx: Ctx, booked: Booked): Promise<{ sums: Sums; returned: Set<string> }> {
  const payments = reachPayments(ctx);
  const all = { since: new Date(0).toISOString() };
  const sums: Sums = { cardCompany: 0, arriving: 0, leaving: 0, unbooked: 0, overdue: 0 };
  const returned = new Set<string>();
  const add = (parts: Partial<Sums>) => {
    for (const [name, cents] of Object.entries(parts) as [keyof Sums, Cents][]) sums[name] += cents;
  };
  // The card company does not know of a test clock.
  const isOld = (createdAt: string) => Date.parse(createdAt) < Date.now() - OVERDUE_DAYS * 86_400_000;
  const addMoneyBack = (createdAt: string, taken: Cents, unbooked: Cents) =>
    add({ cardCompany: -taken, unbooked, overdue: isOld(createdAt) ? Math.abs(unbooked) : 0 });

  for await (const { metadata, receivedCents: received } of payments.list("payment", all)) {
    if (!metadata.topUpId) continue;
    add({ cardCompany: received, arriving: booked.topUps.has(metadata.topUpId) ? 0 : received });
  }
  const returns = new Set(booked.returns.map(({ key }) => key));
  for await (const { id, status, amountCents: taken, metadata, createdAt } of payments.list("refund", all)) {
    if (status === "failed" || status === "canceled") continue;
    const { returnKey } = metadata;
    if (returnKey) returned.add(returnKey);
    const isBooked = returnKey ? returns.has(returnKey) : booked.takenBack.has(id);
    addMoneyBack(createdAt, taken, isBooked ? 0 : taken);
  }
  for await (const { id, status, inquiry, amountCents, createdAt } of payments.list("dispute", all)) {
    const taken = status !== "won" && !inquiry ? amountCents : 0;
    addMoneyBack(createdAt, taken, taken - (booked.takenBack.has(id) ? amountCents : 0));
  }
  for await (const { metadata, amountCents, reversedCents } of payments.list("transfer", all)) {
    if (!metadata.withdrawalId) continue;
    const out = amountCents - reversedCents;
    add({ cardCompany: -out, leaving: booked.paidOut.has(metadata.withdrawalId) ? 0 : out });
  }
  return { sums, returned };
}
