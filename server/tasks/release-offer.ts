import type { OfferOutcome } from "#prisma";
import { after, type Ctx, cityNow, emit } from "../context.ts";
import { endOpenOffer, failTask } from "./end-task.ts";
import { recordEvent, tellSeller } from "./record-event.ts";
import type { TaskRow } from "./view.ts";

/** Reasons that say no more than the decline itself: the default, and what the SDK's runner gives by itself. */
const UNSAID: readonly string[] = ["declined", "not_accepted", "shutting_down"];

/**
 * Ends the open offer of a locked task and sends the task on: to the next best agent, or to its end when the buyer had
 * named this one or enough have been asked. The function that hears `task/offer-ended` tears its sandbox down.
 */
export async function releaseOffer(
  ctx: Ctx,
  task: TaskRow,
  outcome: Extract<OfferOutcome, "missed" | "declined" | "withdrawn">,
  why: { reason?: string; message?: string | undefined } = {},
): Promise<void> {
  const message = why.message || (why.reason && !UNSAID.includes(why.reason) ? why.reason : undefined);
  if (outcome === "missed" || outcome === "withdrawn") await tellSeller(ctx, task, "offer_withdrawn");
  const { maxOffers, patienceSeconds } = ctx.settings.routing;
  const exhausted = task.directAgentId !== null || task.offerCount >= maxOffers;
  if (exhausted && outcome !== "withdrawn") {
    await failTask(ctx, task, outcome === "declined" ? "declined" : "agent_unresponsive", {
      offer: outcome,
      ...(message && { message: `The agent declined this task: ${message}` }),
    });
    return;
  }
  await endOpenOffer(ctx, task.id, outcome);
  await giveUpSandbox(ctx, task.id);
  await ctx.db.task.update({
    where: { id: task.id },
    data: {
      agentId: null,
      sellerOwnerId: null,
      offerRate: null,
      offerTier: null,
      quotedCents: null,
      offeredAt: null,
      commitBy: null,
      deadlineAt: after(await cityNow(ctx), patienceSeconds * 1_000),
    },
  });
  const said = { ...why, ...(message && { message }) };
  await recordEvent(ctx, task.id, "offer_ended", { agentId: task.agentId, outcome, ...said });
  await emit(ctx, "task/offer-ended", { taskId: task.id });
}

/**
 * What the seller had made for this offer is no longer the task's: the next one gets a sandbox and a price of its own.
 * To the task it is as lost as one that crashed, and is torn down like it.
 */
async function giveUpSandbox(ctx: Ctx, taskId: string): Promise<void> {
  await ctx.db.$executeRaw`
    update sandbox set status = 'lost' where task_id = ${taskId} and status in ('provisioning', 'ready')`;
}
