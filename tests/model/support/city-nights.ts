import fc from "fast-check";
import { expireDispute } from "#server/disputes/expire-disputes.ts";
import { openDispute } from "#server/disputes/open-dispute.ts";
import { isCityError } from "#server/kernel/errors.ts";
import { giveFeedback } from "#server/tasks/give-feedback.ts";
import { releaseTaskEscrow } from "#server/tasks/release-task-escrow.ts";
import { MINUTE } from "#tests/support/durations.ts";
import { done, open } from "./city-command.ts";
import { type CityClock, catchUp, settleTime, WEEK } from "./city-time.ts";
import { type CityWorld, endDispute, type ModelTask } from "./city-world.ts";
import { atMoment, MomentIsOver, ownerActor, systemActor } from "./moments.ts";
import type { MoneyCity } from "./money-city.ts";
import { count } from "./tally.ts";

/** One millisecond before a window's end, its end, one after. */
const label = (ms: number) => (ms < 0 ? "T-1 ms" : ms > 0 ? "T+1 ms" : "T");

type Window = {
  name: string;
  fits: (task: ModelTask) => boolean;
  end: (task: ModelTask) => number;
  /** What must have happened long before the window ends. */
  before?: (task: ModelTask) => number;
  /** Does it at the moment, so many milliseconds from the end, and holds the outcome against the model. */
  play: (world: CityWorld, task: ModelTask, at: number, ms: number) => Promise<void>;
};

const thumbsDown: Window = {
  name: "thumbs-down",
  fits: (task) => done(task) && !task.feedback,
  end: (task) => task.feedbackUntil,
  async play(world, task, at, ms) {
    const rated = await atMoment(world.city, ownerActor(task.owner), new Date(at), (ctx) =>
      giveFeedback(ctx, { id: task.id, rating: "down" }),
    );
    task.feedback = true;
    if ((rated.status === "refunded") !== ms < 0)
      throw new Error(`a thumbs-down at ${label(ms)} left the task ${rated.status}`);
    if (ms >= 0) return;
    world.books.refund(task);
    if (task.dispute) task.dispute.open = false;
  },
};

const release: Window = {
  name: "release",
  fits: (task) => done(task) && !task.released && task.frozen !== "now",
  end: (task) => task.escrowReleasesAt,
  async play(world, task, at, ms) {
    const released = await atMoment(world.city, systemActor, new Date(at), async (ctx) => {
      await releaseTaskEscrow(ctx, { taskId: task.id });
      const row = await ctx.db.task.findUniqueOrThrow({ where: { id: task.id } });
      return row.escrowReleasedAt !== null;
    });
    if (released !== ms >= 0) throw new Error(`a release at ${label(ms)}: ${released}`);
    if (released) world.books.release(task);
  },
};

const lateDispute: Window = {
  name: "dispute",
  fits: (task) => done(task) && task.dispute === null,
  end: (task) => task.completedAt + WEEK,
  before: (task) => task.escrowReleasesAt + MINUTE,
  async play(world, task, at, ms) {
    const disputed = atMoment(world.city, ownerActor(task.owner), new Date(at), (ctx) =>
      openDispute(ctx, { id: task.id, reason: "other", description: "Late." }),
    );
    const view = await disputed.catch((error: unknown) => {
      if (isCityError(error) && error.code === "INVALID_STATE") return null;
      throw error;
    });
    if ((view !== null) !== ms < 0) throw new Error(`a dispute at ${label(ms)}: ${view ? "opened" : "refused"}`);
    if (!view) return;
    world.books.freeze(task);
    const [respondBy, decideBy] = [Date.parse(view.respondBy), Date.parse(view.decideBy)];
    task.dispute = { id: view.id, open: true, answered: false, respondBy, decideBy };
  },
};

const decision: Window = {
  name: "decision",
  fits: (task) => open(task) && task.dispute?.answered === false,
  end: (task) => task.dispute?.respondBy ?? 0,
  async play(world, task, at, ms) {
    const disputeId = task.dispute?.id ?? "";
    const decided = await atMoment(world.city, systemActor, new Date(at), (ctx) => expireDispute(ctx, { disputeId }));
    if (decided !== ms >= 0) throw new Error(`a decision at ${label(ms)}: ${decided}`);
    if (decided) endDispute(world, task, task.score >= 70 ? "agent" : "buyer", at);
  },
};

/** What the clock does between two days, for the whole city: some minutes, or the ends of one kind of window. */
export type Night = { minutes: number } | { window: Window; edges: readonly number[] };

const edges = fc.array(fc.constantFrom(-1, 0, 1), { minLength: 24, maxLength: 24 });
const ends = (weight: number, window: Window) => ({
  weight,
  arbitrary: edges.map((list): Night => ({ window, edges: list })),
});

export const night: fc.Arbitrary<Night> = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(1, 9, 16, 16, 16, 31).map((minutes): Night => ({ minutes })) },
  ends(3, thumbsDown),
  ends(4, release),
  ends(4, decision),
  ends(2, lateDispute),
);

export async function playNight(city: MoneyCity, clock: CityClock, worlds: CityWorld[], next: Night): Promise<void> {
  if ("minutes" in next) await city.advance(next.minutes * MINUTE);
  else await playWindow(city, clock, worlds, next.window, next.edges);
}

/** How many ends a night sees: after the first jump they come fast, and those that are over are left out. */
const ENDS_A_NIGHT = 24;

/** The ends of one kind of window, of anyone's tasks, in the order in which they come. */
async function playWindow(
  city: MoneyCity,
  clock: CityClock,
  worlds: CityWorld[],
  window: Window,
  milliseconds: readonly number[],
): Promise<void> {
  const ready = window.before;
  if (ready) await goTo(city, clock, worlds, Math.max(0, ...tasksFor(worlds, window).map(({ task }) => ready(task))));
  const start = await clock.read();
  const list = tasksFor(worlds, window)
    .filter(({ task }) => window.end(task) > start)
    .sort((a, b) => window.end(a.task) - window.end(b.task))
    .slice(0, ENDS_A_NIGHT)
    .map((item, at) => ({ ...item, ms: milliseconds[at % milliseconds.length] ?? 0 }));
  for (const { world, task, ms } of list) {
    await catchUp(city, clock, [world]);
    if (!window.fits(task)) continue;
    const played = await window.play(world, task, window.end(task) + ms, ms).then(
      () => true,
      (error: unknown) => {
        if (error instanceof MomentIsOver) return false;
        throw error;
      },
    );
    if (played) count(world.tally, `${window.name} at ${label(ms)}`, null);
  }
}

const tasksFor = (worlds: CityWorld[], window: Window) =>
  worlds.flatMap((world) => world.tasks.filter(window.fits).map((task) => ({ world, task })));

async function goTo(city: MoneyCity, clock: CityClock, worlds: CityWorld[], moment: number): Promise<void> {
  const ahead = moment - (await clock.read());
  if (ahead > 0) await city.advance(ahead);
  await settleTime(city, clock, worlds);
}
