import { type Ctx, cityNow } from "../context.ts";
import type { Cents } from "../kernel/money.ts";
import { reachPayments } from "./reach-payments.ts";
import { type Booked, OVERDUE_DAYS, readBooked } from "./read-booked.ts";

/** Cents. `books` = `cardCompany` − `arriving` + `leaving` − `returning` + `unbooked` when nothing is amiss. */
export type CashReport = {
  ok: boolean;
  /** Cash as the ledger has it. */
  books: Cents;
  /** Payments received, less what went back to cards, less what went to sellers, by the card company's own lists. */
  cardCompany: Cents;
  /** Received and not booked yet. */
  arriving: Cents;
  /** Transferred to sellers, and in the books until the bank has it; less what was transferred back and is booked as paid. */
  leaving: Cents;
  /** Out of the pools, and not yet on the way to the card. */
  returning: Cents;
  /** Taken back by the card company, and still in the books. */
  unbooked: Cents;
  /** What none of these explains; zero is right. */
  difference: Cents;
  /**
   * How much of `arriving`, `returning` and `unbooked`, either way, has been so for days, and of `leaving` as far as no
   * withdrawal is on its way with it; zero is right.
   */
  overdue: Cents;
  /** In pools and wallets of closed accounts, where nobody can reach it; zero is right. */
  stranded: Cents;
};

const OVERDUE_MS = OVERDUE_DAYS * 86_400_000;

/**
 * The seventh promise in full: cash in the books equals the card company's view, less what is in flight, and nothing is in
 * flight for ever. Reads every payment, refund, dispute and transfer there ever was, so it runs daily and on demand, not
 * each minute. The books are read first, as they are at one moment: what moves while the lists are read is in flight then.
 */
export async function compareCash(ctx: Ctx): Promise<CashReport> {
  const booked = await readBooked(ctx);
  const theirs = await readTheirs(ctx, booked);
  const { books, stranded } = booked;
  const unsent = booked.returns.filter(({ key }) => !theirs.returned.has(key));
  const returning = sumOf(unsent);
  const { cardCompany, arriving, leaving, unbooked } = theirs.sums;
  const difference = books - (cardCompany - arriving + leaving - returning + unbooked);
  const overdue = theirs.sums.overdue + sumOf(unsent.filter(({ old }) => old));
  const ok = difference === 0 && overdue === 0 && stranded === 0;
  return { ok, books, cardCompany, arriving, leaving, returning, unbooked, difference, overdue, stranded };
}

const sumOf = (list: { amount: Cents }[]) => list.reduce((sum, { amount }) => sum + amount, 0);

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
  const overdueSince = (await cityNow(ctx)).getTime() - OVERDUE_MS;
  const overdue = (createdAt: string, cents: Cents) => (Date.parse(createdAt) < overdueSince ? Math.abs(cents) : 0);
  const addMoneyBack = (createdAt: string, taken: Cents, unbooked: Cents) =>
    add({ cardCompany: -taken, unbooked, overdue: overdue(createdAt, unbooked) });

  /** The account may serve others too. */
  const ours = new Set<string | null>();
  for await (const { id, metadata, receivedCents: received, createdAt } of payments.list("payment", all)) {
    if (!metadata.topUpId) continue;
    ours.add(id);
    const arriving = booked.topUps.has(metadata.topUpId) ? 0 : received;
    add({ cardCompany: received, arriving, overdue: overdue(createdAt, arriving) });
  }
  const returns = new Set<string | undefined>(booked.returns.map(({ key }) => key));
  for await (const { id, paymentId, status, amountCents, metadata, createdAt } of payments.list("refund", all)) {
    if (!ours.has(paymentId)) continue;
    const failed = status === "failed" || status === "canceled";
    const { returnKey } = metadata;
    if (returnKey && !failed) returned.add(returnKey);
    const isBooked = booked.takenBack.has(id) || (!failed && returns.has(returnKey));
    const taken = failed ? 0 : amountCents;
    addMoneyBack(createdAt, taken, taken - (isBooked ? amountCents : 0));
  }
  for await (const { id, paymentId, status, inquiry, amountCents, createdAt } of payments.list("dispute", all)) {
    if (!ours.has(paymentId)) continue;
    const taken = status !== "won" && !inquiry ? amountCents : 0;
    addMoneyBack(createdAt, taken, taken - (booked.takenBack.has(id) ? amountCents : 0));
  }
  for await (const { metadata, amountCents, reversedCents, createdAt } of payments.list("transfer", all)) {
    const { withdrawalId } = metadata;
    if (!withdrawalId) continue;
    const out = amountCents - reversedCents;
    const leaving = out - (booked.paidOut.has(withdrawalId) ? amountCents : 0);
    add({
      ...{ cardCompany: -out, leaving },
      overdue: booked.underWay.has(withdrawalId) ? 0 : overdue(createdAt, leaving),
    });
  }
  return { sums, returned };
}
