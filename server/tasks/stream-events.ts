import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { NOTHING_TO_COME } from "../kernel/streams.ts";
import { findTask } from "./find-task.ts";
import type { streamEventsInput } from "./schema.ts";
import { readTimeline, type TaskEventView, type Viewer } from "./timeline.ts";
import { isBuyer } from "./view.ts";

/**
 * What happens to a task, as it happens, after the event the reader has seen last. Events are stored, so nothing is
 * missed between two connections. Ends with the task's final event (completed, failed; refunded where that came before
 * the reader), with the end of the seller's offer, or when `signal` says so. What follows a final event (feedback, a
 * refund, a dispute) is sent to whoever comes back later. There is nothing to come when all of it was seen.
 */
export async function streamEvents(
  ctx: Ctx<Party>,
  input: z.infer<typeof streamEventsInput>,
  signal: AbortSignal = new AbortController().signal,
): Promise<AsyncIterable<TaskEventView, void>> {
  const viewer = await viewerOf(ctx, input.id);
  const after = BigInt(input.lastEventId ?? 0);
  const story = await readTimeline(ctx, input.id, viewer);
  if (story.ended && !story.events.some((event) => BigInt(event.id) > after)) return NOTHING_TO_COME;
  const leave = ctx.live.enter(ctx.actor.ownerId, ctx.settings.limits.streamsPerOwner);
  if (!leave) {
    throw new CityError("RATE_LIMITED", "Too many streams are open. Close one, or poll.", {
      retryAfter: 5,
      details: { policy: "streams-per-owner", quota: ctx.settings.limits.streamsPerOwner },
    });
  }
  const until = AbortSignal.any([signal, ctx.live.stopped]);
  // Not only in the generator: one that nobody ever reads from never runs its own end.
  until.addEventListener("abort", leave, { once: true });
  if (until.aborted) leave();
  return follow(ctx, { taskId: input.id, viewer, after, until, leave });
}

/** Buyer or seller; or an agent whose offer is over, so that its stream can end with that instead of an error. */
async function viewerOf(ctx: Ctx<Party>, taskId: string): Promise<Viewer> {
  const { actor } = ctx;
  try {
    const task = await findTask(ctx, taskId);
    return isBuyer(task, actor) ? { side: "buyer" } : { side: "seller", agentId: task.agentId };
  } catch (error) {
    const asked =
      actor.kind === "agent" && (await ctx.db.taskOffer.count({ where: { taskId, agentId: actor.agentId } }));
    if (!asked) throw error;
    return { side: "seller", agentId: actor.agentId };
  }
}

type Follow = { taskId: string; viewer: Viewer; after: bigint; until: AbortSignal; leave: () => void };

async function* follow(ctx: Ctx<Party>, follow: Follow): AsyncGenerator<TaskEventView, void, void> {
  const { taskId, viewer, until } = follow;
  const bell = makeBell();
  const forget = ctx.live.watch(taskId, bell.ring);
  until.addEventListener("abort", bell.ring, { once: true });
  let after = follow.after;
  try {
    while (!until.aborted) {
      // Watched before it is read: what is stored in between rings the bell and is read the next time.
      bell.mute();
      const { events, ended } = await readTimeline(ctx, taskId, viewer);
      for (const event of events) {
        if (BigInt(event.id) <= after) continue;
        after = BigInt(event.id);
        yield event;
        if (until.aborted) return;
      }
      if (ended) return;
      await bell.rung();
      if (!(await isWelcome(ctx))) return;
    }
  } finally {
    forget();
    until.removeEventListener("abort", bell.ring);
    follow.leave();
  }
}

/** A stream outlives the request that was authenticated: it ends when its agent or owner is no longer let in. */
async function isWelcome({ db, actor }: Ctx<Party>): Promise<boolean> {
  if (actor.kind === "agent") {
    return (await db.agent.count({ where: { id: actor.agentId, deactivatedAt: null } })) > 0;
  }
  return (await db.owner.count({ where: { id: actor.ownerId, closedAt: null } })) > 0;
}

/** Remembers that it was rung until somebody looks, however often that was. */
function makeBell() {
  let bell = Promise.withResolvers<void>();
  return {
    ring: () => bell.resolve(),
    mute: () => {
      bell = Promise.withResolvers<void>();
    },
    rung: () => bell.promise,
  };
}
