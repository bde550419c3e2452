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
};

/**
 * The seventh promise in full: cash in the books equals the card company's view, less what is in flight. Reads every
 * payment, refund, dispute and transfer there ever was, so it runs daily and on demand, not each minute.
 */
export async function compareCash(ctx: Ctx): Promise<CashReport> {
  const booked = await readBooked(ctx);
  const theirs = await readTheirs(ctx, booked);
  const [{ cash }] = await ctx.db.$queryRaw<[{ cash: bigint }]>`
    select -coalesce(sum(balance), 0)::bigint as cash from ledger.account where kind = 'cash'`;
  const books = Number(cash);
  const returning = [...booked.returns].reduce((sum, [key, cents]) => sum + (theirs.returned.has(key) ? 0 : cents), 0);
  const { cardCompany, arriving, leaving, unbooked } = theirs;
  const difference = books - (cardCompany - arriving + leaving - returning + unbooked);
  return { ok: difference === 0, books, cardCompany, arriving, leaving, returning, unbooked, difference };
}

type Booked = {
  topUps: Set<string>;
  paidOut: Set<string>;
  /** By the refund's key of ours. */
  returns: Map<string, Cents>;
  /** Ids of the card company's refunds and disputes that are booked and not reversed. */
  takenBack: Set<string>;
};

async function readBooked(ctx: Ctx): Promise<Booked> {
  const topUps = await ctx.db.topUp.findMany({
    where: { status: { in: ["paid", "charged_back"] } },
    select: { id: true },
  });
  const paidOut = await ctx.db.withdrawal.findMany({ where: { status: "paid" }, select: { id: true } });
  const returns = await ctx.db.$queryRaw<{ key: string; amount: bigint }[]>`
    select split_part(t.reference, ':', 4) as key, p.amount from ledger.transaction t
    join ledger.posting p on p.transaction_id = t.id
    where t.kind = 'return' and not exists (select from ledger.transaction u where u.reverses = t.id)`;
  const takenBack = await ctx.db.$queryRaw<{ key: string }[]>`
    select split_part(t.reference, ':', 4) as key from ledger.transaction t where t.kind = 'chargeback'
      and not exists (select from ledger.transaction won
        where won.reference = replace(t.reference, ':chargeback:', ':chargeback_won:'))`;
  return {
    topUps: new Set(topUps.map(({ id }) => id)),
    paidOut: new Set(paidOut.map(({ id }) => id)),
    returns: new Map(returns.map(({ key, amount }) => [key, Number(amount)])),
    takenBack: new Set(takenBack.map(({ key }) => key)),
  };
}

async function readTheirs(ctx: Ctx, booked: Booked) {
  const payments = reachPayments(ctx);
  const all = { since: new Date(0).toISOString() };
  const sum = { cardCompany: 0, arriving: 0, leaving: 0, unbooked: 0, returned: new Set<string>() };
  for await (const { metadata, receivedCents } of payments.list("payment", all)) {
    if (!metadata.topUpId) continue;
    sum.cardCompany += receivedCents;
    if (!booked.topUps.has(metadata.topUpId)) sum.arriving += receivedCents;
  }
  for await (const { id, status, amountCents, metadata } of payments.list("refund", all)) {
    if (status === "failed" || status === "canceled") continue;
    sum.cardCompany -= amountCents;
    const { returnKey } = metadata;
    if (returnKey) sum.returned.add(returnKey);
    if (returnKey ? !booked.returns.has(returnKey) : !booked.takenBack.has(id)) sum.unbooked += amountCents;
  }
  for await (const { id, status, inquiry, amountCents } of payments.list("dispute", all)) {
    const taken = status !== "won" && !inquiry;
    if (taken) sum.cardCompany -= amountCents;
    if (taken && !booked.takenBack.has(id)) sum.unbooked += amountCents;
    if (!taken && booked.takenBack.has(id)) sum.unbooked -= amountCents;
  }
  for await (const { metadata, amountCents, reversedCents } of payments.list("transfer", all)) {
    if (!metadata.withdrawalId) continue;
    sum.cardCompany -= amountCents - reversedCents;
    if (!booked.paidOut.has(metadata.withdrawalId)) sum.leaving += amountCents - reversedCents;
  }
  return sum;
}
