import { type CityWorld, endDispute, type ModelTask } from "./city-world.ts";
import type { MoneyCity } from "./money-city.ts";
import { count } from "./tally.ts";
import { readTasks, type TaskRow } from "./task-rows.ts";

/** The city's time without asking for it each time: this machine's clock and how far the city is ahead of it. */
export function makeClock(city: MoneyCity) {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  return {
    now,
    /** To be called after every jump. */
    async read(): Promise<number> {
      const { rows } = await city.database.pool.query<{ now: Date }>("select city_now() as now");
      ahead = (rows[0]?.now.getTime() ?? 0) - Date.now();
      return now();
    },
  };
}
export type CityClock = ReturnType<typeof makeClock>;

/** Slack for a timer that was due a moment ago, in milliseconds. */
const TIMER_SLACK = 5_000;

/**
 * Takes over what the clock has done since: offers and executions that ran out, escrows that were released, disputes that
 * were decided. Each must have been due; what has been due for a while must have been done.
 */
export async function catchUp(city: MoneyCity, clock: CityClock, worlds: CityWorld[]): Promise<void> {
  const before = await clock.read();
  await city.idle();
  const open = new Map(worlds.flatMap((world) => openTasks(world).map((task) => [task.id, { world, task }] as const)));
  const rows = await readTasks(city, [...open.keys()]);
  if (rows.length < open.size) throw new Error(`${open.size - rows.length} tasks are gone`);
  const after = clock.now();
  for (const row of rows) {
    const { world, task } = open.get(row.id) ?? {};
    if (world && task?.life === "over") catchUpCharged(world, task, row, before, after);
    else if (world && task) catchUpUnfinished(world, task, row, before, after);
  }
}

const openTasks = (world: CityWorld) => world.tasks.filter((task) => task.life !== "over" || task.state === "charged");

function catchUpUnfinished(world: CityWorld, task: ModelTask, row: TaskRow, before: number, after: number): void {
  if (row.status === "failed") {
    if (task.deadlineAt > after) throw new Error(`task ${task.id} failed early: ${row.failureReason}`);
    world.books.returnHold(task);
    task.life = "over";
    count(world.tally, `timed out: ${row.failureReason}`, null);
    return;
  }
  if (task.deadlineAt < before - TIMER_SLACK && row.deadlineAt < before - TIMER_SLACK) {
    throw new Error(`task ${task.id} is stuck in ${row.status} past its deadline`);
  }
  task.deadlineAt = row.deadlineAt;
}

function catchUpCharged(world: CityWorld, task: ModelTask, row: TaskRow, before: number, after: number): void {
  const { dispute } = task;
  if (dispute?.open && row.disputeStatus?.startsWith("resolved")) {
    const due = (!dispute.answered && dispute.respondBy <= after) || dispute.decideBy <= after;
    if (!due || row.disputeResolvedBy !== "city") throw new Error(`the dispute of ${task.id} was decided early`);
    const forSeller = task.score >= 70;
    if ((row.disputeStatus === "resolved_agent") !== forSeller)
      throw new Error(`the score of ${task.id} decided wrongly`);
    endDispute(world, task, forSeller ? "agent" : "buyer", after);
    count(world.tally, "decided by the score", null);
  }
  if (task.state === "charged" && !task.released && row.escrowReleased && task.frozen !== "now") {
    if (task.escrowReleasesAt > after) throw new Error(`the escrow of ${task.id} was released early`);
    world.books.release(task);
    count(world.tally, "released by the timer", null);
  }
  const overdue = task.state === "charged" && !task.released && task.frozen !== "now";
  if (overdue && task.escrowReleasesAt < before - TIMER_SLACK) throw new Error(`the escrow of ${task.id} is stuck`);
  if (dispute?.open && dispute.decideBy < before - 90_000) throw new Error(`the dispute of ${task.id} is stuck`);
}

/** Time ahead in which nothing falls due, so that a prediction holds until the request is there: a day, and then some. */
const QUIET_MS = 300_000;

/** Lets time pass until nothing is about to fall due for anyone, and takes over what happened. */
export async function settleTime(city: MoneyCity, clock: CityClock, worlds: CityWorld[]): Promise<void> {
  for (let round = 0; round < 40; round++) {
    // Read first: what falls due while the rest is looked up counts as near.
    const at = await clock.read();
    await catchUp(city, clock, worlds);
    const near = worlds.flatMap(dueMoments).some((due) => due > at - TIMER_SLACK && due < at + QUIET_MS);
    if (!near) return;
    await city.advance(QUIET_MS + TIMER_SLACK);
  }
  throw new Error("something stays due");
}

export const WEEK = 7 * 24 * 3_600_000;

function dueMoments(world: CityWorld): number[] {
  return world.tasks.flatMap((task) => {
    if (task.life !== "over") return [task.deadlineAt];
    if (task.state !== "charged") return [];
    const { feedbackUntil, completedAt, dispute } = task;
    // A frozen one too: its dispute may end during the day, a moment before the escrow does.
    const escrow = task.released ? 0 : task.escrowReleasesAt;
    const moments = [feedbackUntil, escrow, dispute ? 0 : completedAt + WEEK];
    return dispute?.open ? [...moments, dispute.respondBy, dispute.decideBy] : moments;
  });
}
