import { checkInvariants } from "#server/ledger/check-invariants.ts";
import type { TestOwner } from "#tests/support/city.ts";
import type { MoneyCity, Seller } from "./money-city.ts";
import { newSeller } from "./money-city.ts";
import { type Books, makeBooks, type PayoutBook, type TaskBook } from "./reference-books.ts";
import { count, type Tally, totalOf } from "./tally.ts";
import { tenantViolations } from "./tenant-violations.ts";

/** A task as the model knows it: its money, and where it stands. Moments are the city's, in milliseconds. */
export type ModelTask = TaskBook & {
  id: string;
  buyer: TestOwner;
  seller: Seller;
  life: "waiting" | "executing" | "over";
  offered: boolean;
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
  refunds: { id: string; key: string; amount: number; failed: boolean }[];
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

/** The tenants of one run in a running city, and what the model holds to be true of them. */
export type CityWorld = {
  city: MoneyCity;
  operator: TestOwner;
  buyers: TestOwner[];
  sellers: Seller[];
  books: Books;
  tasks: ModelTask[];
  topUps: ModelTopUp[];
  payouts: ModelPayout[];
  frozen: Set<string>;
  /** The last requests that went through with a key, to be sent again. */
  keyed: SentRequest[];
  tally: Tally;
};

/** Two buyers with money and two sellers with a bank, all new. */
export async function makeCityWorld(city: MoneyCity, operator: TestOwner, tally: Tally): Promise<CityWorld> {
  const buyers = [await city.owner("Buyer"), await city.owner("Buyer")];
  const sellers = [await newSeller(city, 700), await newSeller(city, 977)];
  for (const { owner } of sellers) await city.connectBank(owner);
  const world: CityWorld = {
    city,
    operator,
    buyers,
    sellers,
    books: makeBooks(),
    tasks: [],
    topUps: [],
    payouts: [],
    frozen: new Set(),
    keyed: [],
    tally,
  };
  return world;
}

export const owed = (world: CityWorld, ownerId: string) => -world.books.of(`receivable:owner:${ownerId}`);

export async function now(world: CityWorld): Promise<number> {
  const { rows } = await world.city.database.pool.query<{ now: Date }>("select city_now() as now");
  return rows[0]?.now.getTime() ?? 0;
}

type Row = {
  id: string;
  status: string;
  failureReason: string | null;
  agentId: string | null;
  deadlineAt: Date;
  completedAt: Date | null;
  feedbackUntil: Date | null;
  escrowReleasesAt: Date | null;
  escrowReleasedAt: Date | null;
  qualityScore: number | null;
  dispute: { status: string; resolvedBy: string | null } | null;
};

/** Slack for a timer that was due a moment ago, in milliseconds. */
const TIMER_SLACK = 5_000;

/**
 * Takes over what the clock has done since: offers and executions that ran out, escrows that were released, disputes that
 * were decided. Each must have been due; what has been due for a while must have been done.
 */
export async function catchUp(world: CityWorld): Promise<void> {
  const before = await now(world);
  await world.city.idle();
  const open = world.tasks.filter((task) => task.life !== "over" || task.state === "charged");
  if (open.length === 0) return;
  const rows = await world.city.database.prisma.task.findMany({
    where: { id: { in: open.map(({ id }) => id) } },
    include: { dispute: { select: { status: true, resolvedBy: true } } },
  });
  const after = await now(world);
  const byId = new Map(rows.map((row) => [row.id, row as Row]));
  for (const task of open) {
    const row = byId.get(task.id);
    if (!row) throw new Error(`task ${task.id} is gone`);
    if (task.life !== "over") catchUpUnfinished(world, task, row, before, after);
    else catchUpCharged(world, task, row, before, after);
  }
}

function catchUpUnfinished(world: CityWorld, task: ModelTask, row: Row, before: number, after: number): void {
  if (row.status === "failed") {
    const frozen = row.failureReason === "cancelled" && world.frozen.has(task.owner) && task.life === "waiting";
    const due = task.deadlineAt <= after;
    if (!frozen && !due) throw new Error(`task ${task.id} failed early: ${row.failureReason}`);
    world.books.returnHold(task);
    task.life = "over";
    count(world.tally, frozen ? "cancelled by freeze" : `timed out: ${row.failureReason}`, null);
    return;
  }
  if (task.deadlineAt < before - TIMER_SLACK && row.deadlineAt.getTime() < before - TIMER_SLACK) {
    throw new Error(`task ${task.id} is stuck in ${row.status} past its deadline`);
  }
  task.deadlineAt = row.deadlineAt.getTime();
  task.offered = row.agentId !== null;
}

function catchUpCharged(world: CityWorld, task: ModelTask, row: Row, before: number, after: number): void {
  const { dispute } = task;
  if (dispute?.open && row.dispute && row.dispute.status !== "open" && row.dispute.status !== "under_review") {
    const due = (!dispute.answered && dispute.respondBy <= after) || dispute.decideBy <= after;
    if (!due || row.dispute.resolvedBy !== "city") throw new Error(`the dispute of ${task.id} was decided early`);
    const forSeller = task.score >= 70;
    if ((row.dispute.status === "resolved_agent") !== forSeller)
      throw new Error(`the score of ${task.id} decided wrongly`);
    endDispute(world, task, forSeller ? "agent" : "buyer", after);
    count(world.tally, "decided by the score", null);
  }
  if (task.state === "charged" && !task.released && row.escrowReleasedAt && task.frozen !== "now") {
    if (task.escrowReleasesAt > after) throw new Error(`the escrow of ${task.id} was released early`);
    world.books.release(task);
    count(world.tally, "released by the timer", null);
  }
  const overdue = task.state === "charged" && !task.released && task.frozen !== "now";
  if (overdue && task.escrowReleasesAt < before - TIMER_SLACK) throw new Error(`the escrow of ${task.id} is stuck`);
  if (dispute?.open && dispute.decideBy < before - 90_000) throw new Error(`the dispute of ${task.id} is stuck`);
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

/** Time in which nothing of this run falls due, so that a prediction holds until the request is there. */
const QUIET_MS = 3_000;

/** Lets time pass until nothing is about to fall due, and takes over what happened. */
export async function settleTime(world: CityWorld): Promise<void> {
  for (let round = 0; round < 20; round++) {
    await catchUp(world);
    const at = await now(world);
    const near = dueMoments(world).some((moment) => moment > at - TIMER_SLACK && moment < at + QUIET_MS);
    if (!near) return;
    await world.city.advance(QUIET_MS * 2 + TIMER_SLACK);
  }
  throw new Error("something stays due");
}

function dueMoments(world: CityWorld): number[] {
  return world.tasks.flatMap((task) => {
    if (task.life !== "over") return [task.deadlineAt];
    if (task.state !== "charged") return [];
    const moments = [task.feedbackUntil, task.released || task.frozen === "now" ? 0 : task.escrowReleasesAt];
    return task.dispute?.open ? [...moments, task.dispute.respondBy, task.dispute.decideBy] : moments;
  });
}

const WHOLE_EVERY = 1_000;
let nextWhole = WHOLE_EVERY;

/** Every balance against the model, the tenants against the invariants, and now and then the whole ledger. */
export async function compareWorld(world: CityWorld, after: string): Promise<void> {
  const names = [...world.books.balances.keys()].filter((name) => name !== "city");
  const { rows } = await world.city.database.pool.query<{ name: string; balance: string }>(
    "select name, balance from ledger.account where name = any($1)",
    [names],
  );
  const real = new Map(rows.map(({ name, balance }) => [name, Number(balance)]));
  for (const name of names) {
    const [expected, found] = [world.books.of(name), real.get(name) ?? 0];
    if (expected !== found) throw new Error(`after ${after}: ${name} is ${found}, the model says ${expected}`);
  }
  const owners = [...world.buyers.map(({ id }) => id), ...world.sellers.map(({ owner }) => owner.id)];
  const broken = await tenantViolations(world.city.database.pool, owners);
  if (broken.length > 0) throw new Error(`after ${after}: ${broken.join("; ")}`);
  if (totalOf(world.tally.accepted) < nextWhole) return;
  nextWhole = totalOf(world.tally.accepted) + WHOLE_EVERY;
  const report = await checkInvariants(world.city.ctx());
  if (!report.ok) throw new Error(`after ${after}: ${JSON.stringify(report.results.filter(({ ok }) => !ok))}`);
}

/** Starts counting towards the next look at the whole ledger anew, for a new city. */
export function resetWholeCheck(tally: Tally): void {
  nextWhole = totalOf(tally.accepted) + WHOLE_EVERY;
}
