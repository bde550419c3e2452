import type { TestOwner } from "#tests/support/city.ts";
import { compareBooks } from "./compare-books.ts";
import { type MoneyCity, newSeller, type Seller } from "./money-city.ts";
import { type Books, makeBooks, type PayoutBook, type TaskBook } from "./reference-books.ts";
import type { Tally } from "./tally.ts";

/** A task as the model knows it: its money, and where it stands. Moments are the city's, in milliseconds. */
export type ModelTask = TaskBook & {
  id: string;
  buyer: TestOwner;
  seller: Seller;
  life: "waiting" | "executing" | "over";
  deadlineAt: number;
  feedback: boolean;
  feedbackUntil: number;
  completedAt: number;
  escrowReleasesAt: number;
  score: number;
  dispute: { id: string; open: boolean; answered: boolean; respondBy: number; decideBy: number } | null;
};

export type ModelTopUp = {
  id: string;
  owner: TestOwner;
  paymentId: string;
  amount: number;
  returned: number;
  /** `open`, `won` or `lost` once its bank took it back. */
  contested: { id: string; amount: number; state: "open" | "won" | "lost" } | null;
  refunds: { id: string; amount: number; failed: boolean }[];
};

export type ModelPayout = PayoutBook & { id: string; seller: Seller; payoutId: string };

/** A request that went through with a key, and how to send it again. */
export type SentRequest = {
  name: string;
  /** The city's time: keys are kept for a day. */
  at: number;
  status: number;
  body: unknown;
  again: () => Promise<{ status: number; body: unknown; replayed: boolean }>;
};

/** Some tenants of a running city who deal with nobody else, and what the model holds to be true of them. */
export type CityWorld = {
  city: MoneyCity;
  operator: TestOwner;
  /** The city's time in milliseconds, as this process reckons it from the last look. */
  now(): number;
  buyers: TestOwner[];
  sellers: Seller[];
  books: Books;
  tasks: ModelTask[];
  topUps: ModelTopUp[];
  payouts: ModelPayout[];
  /** Owners whose card that was saved last pays in person only. */
  badCards: Set<string>;
  /** The last requests that went through with a key, to be sent again. */
  keyed: SentRequest[];
  tally: Tally;
};

type Place = { city: MoneyCity; operator: TestOwner; now(): number; tally: Tally };

/**
 * Two buyers and two owners with a bank who sell, one of them with two agents, all new. Their banks are known once Stripe's
 * events have been delivered.
 */
export async function makeCityWorld(place: Place): Promise<CityWorld> {
  const { city } = place;
  const buyers = await Promise.all([city.owner("Buyer"), city.owner("Buyer")]);
  const sellers = await Promise.all([newSeller(city, 700), newSeller(city, 977)]);
  for (const { owner } of sellers) await city.askForBank(owner);
  sellers.push(await newSeller(city, 850, sellers[0]?.owner));
  return {
    ...place,
    buyers,
    sellers,
    books: makeBooks(),
    tasks: [],
    topUps: [],
    payouts: [],
    badCards: new Set(),
    keyed: [],
  };
}

export const owed = (world: CityWorld, ownerId: string) => -world.books.of(`receivable:owner:${ownerId}`);

/** Every balance of a world against the model, and its tenants against the invariants. */
export function compareWorld(world: CityWorld, after: string): Promise<void> {
  const owners = [...world.buyers.map(({ id }) => id), ...world.sellers.map(({ owner }) => owner.id)];
  return compareBooks(world.city.database.pool, world.books, owners, after);
}

/** What the end of a dispute does to the books; an escrow that fell due meanwhile is released at once. */
export function endDispute(world: CityWorld, task: ModelTask, winner: "buyer" | "agent", at: number): void {
  if (task.dispute) task.dispute.open = false;
  if (winner === "buyer") {
    world.books.refund(task);
    return;
  }
  world.books.unfreeze(task);
  if (!task.released && task.escrowReleasesAt <= at) world.books.release(task);
}
