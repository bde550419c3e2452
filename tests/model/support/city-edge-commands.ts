import fc from "fast-check";
import { expireDispute } from "#server/disputes/expire-disputes.ts";
import { openDispute } from "#server/disputes/open-dispute.ts";
import { isCityError } from "#server/kernel/errors.ts";
import { giveFeedback } from "#server/tasks/give-feedback.ts";
import { releaseTaskEscrow } from "#server/tasks/release-escrow.ts";
import { cityCommand, index, pick } from "./city-command.ts";
import { done, open } from "./city-task-commands.ts";
import { type CityWorld, endDispute, type ModelTask, now } from "./city-world.ts";
import { atMoment, ownerActor, systemActor } from "./moments.ts";
import { count } from "./tally.ts";

/** One millisecond before a window's end, its end, one after. */
const edge = fc.constantFrom(-1, 0, 1);
const label = (ms: number) => (ms < 0 ? "T-1 ms" : ms > 0 ? "T+1 ms" : "T");
const WEEK = 7 * 24 * 3_600_000;
/** The clock only moves forward, and the way there takes a moment. */
const AHEAD_MS = 5_000;

const answerOf = async (work: Promise<unknown>) =>
  work.then(
    () => "ok",
    (error: unknown) => {
      if (isCityError(error)) return error.code as string;
      throw error;
    },
  );

function edgeCommand(
  name: string,
  fits: (task: ModelTask) => boolean,
  momentOf: (task: ModelTask) => number,
  run: (world: CityWorld, task: ModelTask, at: number, ms: number) => Promise<void>,
) {
  return fc.tuple(index, edge).map(([chosen, ms]) =>
    cityCommand(
      `${name}(${chosen},${ms})`,
      (world) => world.tasks.some(fits),
      async (world) => {
        const soon = (await now(world)) + AHEAD_MS;
        const task = pick(
          world.tasks.filter((candidate) => fits(candidate) && momentOf(candidate) + ms > soon),
          chosen,
        );
        if (!task) return;
        await run(world, task, momentOf(task) + ms, ms);
        count(world.tally, `${name} at ${label(ms)}`, null);
      },
    ),
  );
}

const rateAtTheEnd = edgeCommand(
  "thumbs-down",
  (task) => done(task) && !task.feedback,
  (task) => task.feedbackUntil,
  async (world, task, at, ms) => {
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
);

const releaseAtTheEnd = edgeCommand(
  "release",
  (task) => done(task) && !task.released && task.frozen !== "now",
  (task) => task.escrowReleasesAt,
  async (world, task, at, ms) => {
    const released = await atMoment(world.city, systemActor, new Date(at), async (ctx) => {
      await releaseTaskEscrow(ctx, { taskId: task.id });
      const row = await ctx.db.task.findUniqueOrThrow({ where: { id: task.id } });
      return row.escrowReleasedAt !== null;
    });
    if (released !== ms >= 0) throw new Error(`a release at ${label(ms)}: ${released}`);
    if (released) world.books.release(task);
  },
);

const disputeAtTheEnd = edgeCommand(
  "dispute",
  (task) => done(task) && task.dispute === null,
  (task) => task.completedAt + WEEK,
  async (world, task, at, ms) => {
    // By then the escrow is long released: that comes first in the books too.
    await world.city.advance(Math.max(0, task.escrowReleasesAt + 60_000 - (await now(world))));
    const answer = await answerOf(
      atMoment(world.city, ownerActor(task.owner), new Date(at), async (ctx) => {
        const row = await ctx.db.task.findUniqueOrThrow({ where: { id: task.id } });
        if (row.escrowReleasedAt && !task.released) world.books.release(task);
        const view = await openDispute(ctx, { id: task.id, reason: "other", description: "Late." });
        world.books.freeze(task);
        task.dispute = {
          id: view.id,
          open: true,
          answered: false,
          respondBy: Date.parse(view.respondBy),
          decideBy: Date.parse(view.decideBy),
        };
      }),
    );
    if (answer !== (ms < 0 ? "ok" : "INVALID_STATE")) throw new Error(`a dispute at ${label(ms)}: ${answer}`);
  },
);

const expireAtTheEnd = edgeCommand(
  "decision",
  (task) => open(task) && task.dispute?.answered === false,
  (task) => task.dispute?.respondBy ?? 0,
  async (world, task, at, ms) => {
    const disputeId = task.dispute?.id ?? "";
    const decided = await atMoment(world.city, systemActor, new Date(at), (ctx) => expireDispute(ctx, { disputeId }));
    if (decided !== ms >= 0) throw new Error(`a decision at ${label(ms)}: ${decided}`);
    if (decided) endDispute(world, task, task.score >= 70 ? "agent" : "buyer", at);
  },
);

export const edgeCommands = [
  rateAtTheEnd,
  rateAtTheEnd,
  releaseAtTheEnd,
  releaseAtTheEnd,
  disputeAtTheEnd,
  expireAtTheEnd,
];
