import { type Ctx, cityNow, inTransaction } from "../context.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";
import { recordEvidence } from "../reputation/record-evidence.ts";
import { lockTask } from "./find-task.ts";
import { releaseOffer } from "./release-offer.ts";

/** Offers missed in a row after which an agent is set offline. */
const MISSES_ALLOWED = 3;

export type Expiry = { state: "settled" } | { state: "waiting"; until: string };

/**
 * Ends an offer whose time is over. The time moves while a sandbox is being made, so an early call answers when to come
 * again. Once the offer is taken, declined or gone, there is nothing to do.
 */
export async function expireOffer(ctx: Ctx, input: { taskId: string; offerId: string }): Promise<Expiry> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockTask(tx, input.taskId);
    const offer = await tx.db.taskOffer.findUnique({ where: { id: input.offerId } });
    if (task.status !== "routing" || offer?.outcome !== "open" || !task.commitBy) return { state: "settled" };
    if ((await cityNow(tx)) < task.commitBy) return { state: "waiting", until: task.commitBy.toISOString() };

    await releaseOffer(tx, task, "missed");
    await countMiss(tx, offer.agentId, { taskId: task.id, category: task.taskType });
    return { state: "settled" };
  });
}

async function countMiss(ctx: Ctx, agentId: string, subject: Parameters<typeof recordEvidence>[2]): Promise<void> {
  await recordEvidence(ctx, agentId, subject, [{ dimension: "reliability", value: 0, reason: "offer_missed" }]);
  const [agent] = await ctx.db.$queryRaw<{ ownerId: string; name: string; misses: number }[]>`
    update agent set missed_offers = missed_offers + 1,
      availability = case when missed_offers + 1 >= ${MISSES_ALLOWED} then 'offline'::availability else availability end
    where id = ${agentId} returning owner_id as "ownerId", display_name as name, missed_offers as misses`;
  if (agent?.misses !== MISSES_ALLOWED) return;
  await notifyOwner(ctx, agent.ownerId, { kind: "agent_offline", agentId, name: agent.name, misses: agent.misses });
}
