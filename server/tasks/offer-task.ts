import { randomInt } from "node:crypto";
import { PRICE_TABLE } from "../agents/model-price.ts";
import { after, type Ctx, cityNow, emit, inTransaction } from "../context.ts";
import { LOCK_SEEDS } from "../db/advisory-locks.ts";
import { newId } from "../kernel/ids.ts";
import { chooseAgent, type Decision } from "../routing/choose-agent.ts";
import { type Candidate, findEligible } from "../routing/find-eligible.ts";
import { failTask } from "./end-task.ts";
import { lockTask } from "./find-task.ts";
import { recordEvent, tellSeller } from "./record-event.ts";
import { inSql, OCCUPYING, WAITING } from "./states.ts";
import { type TaskRow, withDispute } from "./view.ts";

export type OfferResult =
  | { state: "offered"; offerId: string; commitBy: string }
  /** Nobody is eligible yet; ask again at `again`. */
  | { state: "waiting"; again: string }
  | { state: "settled" };

/** How often a waiting task looks for an agent. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Offers a waiting task to the best agent there is now, or ends it when its patience is over. Repeating it while an
 * offer is open, or after the task moved on, changes nothing.
 */
export async function offerTask(ctx: Ctx, input: { taskId: string }): Promise<OfferResult> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockTask(tx, input.taskId);
    if (!WAITING.includes(task.status)) return { state: "settled" };
    if (task.agentId) return openOffer(tx, task);

    const now = await cityNow(tx);
    const seed = randomInt(2 ** 32);
    const candidates = await findEligible(
      tx,
      {
        taskId: task.id,
        category: task.taskType,
        maxBudget: task.maxBudget,
        buyerOwnerId: task.buyerOwnerId,
        directAgentId: task.directAgentId,
        now,
      },
      seed,
    );
    const decision = chooseAgent(candidates, { description: task.description, maxBudget: task.maxBudget }, seed);
    const chosen = candidates.find((candidate) => candidate.agentId === decision?.agentId);
    if (decision && chosen && (await takePlace(tx, chosen))) return makeOffer(tx, task, chosen, decision, now);

    if (now >= task.deadlineAt) {
      await failTask(tx, task, await reasonForNobody(tx, task));
      return { state: "settled" };
    }
    if (task.status === "submitted") {
      await tx.db.task.update({ where: { id: task.id }, data: { status: "routing" } });
      await recordEvent(tx, task.id, "routing", { reason: "No eligible agent yet; looking." });
    }
    const again = Math.min(now.getTime() + LOOK_AGAIN_MS, task.deadlineAt.getTime());
    return { state: "waiting", again: new Date(again).toISOString() };
  });
}

/** Two tasks may choose the same agent at the same moment; its last place goes to one of them, the other looks again. */
async function takePlace(ctx: Ctx, { agentId, maxConcurrentTasks }: Candidate): Promise<boolean> {
  await ctx.db.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${agentId}, ${LOCK_SEEDS.agentsLastPlace}))`;
  const [load] = await ctx.db.$queryRaw<[{ running: number }]>`
    select count(*)::int as running from task
    where agent_id = ${agentId} and status in ${inSql(OCCUPYING)}`;
  return load.running < maxConcurrentTasks;
}

async function openOffer(ctx: Ctx, task: TaskRow): Promise<OfferResult> {
  const offer = await ctx.db.taskOffer.findFirst({ where: { taskId: task.id, outcome: "open" } });
  if (!offer || !task.commitBy) return { state: "settled" };
  return { state: "offered", offerId: offer.id, commitBy: task.commitBy.toISOString() };
}

async function makeOffer(
  ctx: Ctx,
  task: TaskRow,
  chosen: Candidate,
  decision: Decision,
  now: Date,
): Promise<OfferResult> {
  const { offerSeconds, directHireSeconds } = ctx.settings.routing;
  const seconds = task.directAgentId ? Math.min(offerSeconds, directHireSeconds) : offerSeconds;
  const usual = after(now, seconds * 1_000);
  // Who was hired directly has the time that it was waited for, and the usual one where that is almost over.
  const commitBy = task.directAgentId && task.deadlineAt > usual ? task.deadlineAt : usual;
  const offer = await ctx.db.taskOffer.create({
    data: { id: newId(), taskId: task.id, agentId: chosen.agentId, offeredAt: now },
  });
  const offered = await ctx.db.task.update({
    where: { id: task.id },
    data: {
      status: "routing",
      agentId: chosen.agentId,
      sellerOwnerId: chosen.ownerId,
      offerRate: chosen.baseRate,
      offerTier: chosen.modelTier,
      priceTableVersion: PRICE_TABLE.version,
      offerCount: { increment: 1 },
      offeredAt: now,
      routedAt: task.routedAt ?? now,
      commitBy,
      deadlineAt: commitBy,
      routing: { ...decision, direct: task.directAgentId !== null },
    },
    include: withDispute,
  });
  await recordEvent(ctx, task.id, "offered", {
    agentId: chosen.agentId,
    agent: chosen.displayName,
    reason: decision.reason,
  });
  await tellSeller(ctx, offered, "task_assigned");
  await emit(ctx, "task/offered", { taskId: task.id, offerId: offer.id, commitBy: commitBy.toISOString() });
  return { state: "offered", offerId: offer.id, commitBy: commitBy.toISOString() };
}

/** Nobody is left: was nobody there at all, or did those who were asked let it pass? */
async function reasonForNobody(ctx: Ctx, task: TaskRow) {
  const last = await ctx.db.taskOffer.findFirst({ where: { taskId: task.id }, orderBy: { offeredAt: "desc" } });
  if (last?.outcome === "declined") return "declined" as const;
  if (last?.outcome === "missed" || task.directAgentId) return "agent_unresponsive" as const;
  return "no_agent_available" as const;
}
