import type { z } from "zod";
import { Prisma } from "#prisma";
import { enforceBudget } from "../agents/enforce-budget.ts";
import type { Party } from "../auth/actor.ts";
import { after, type Ctx, emit, inTransaction } from "../context.ts";
import { runStatement } from "../db/statement.ts";
import { CityError, notFound } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { holdBudget } from "../ledger/hold-budget.ts";
import { recordEvent } from "./record-event.ts";
import type { buyerTask, submitTaskInput } from "./schema.ts";
import { checkSource, storedInput } from "./source.ts";
import { viewForBuyer } from "./view.ts";

type Submission = z.infer<typeof submitTaskInput>;

/**
 * Accepts a task and holds its whole budget, both or neither. From here on the task always has a deadline, and ends in
 * a state that either charges the buyer for work that passed or gives everything back.
 */
export async function submitTask(ctx: Ctx<Party>, input: Submission): Promise<z.infer<typeof buyerTask>> {
  checkSource(ctx, input);
  return inTransaction(ctx, async (tx) => {
    const { ownerId } = tx.actor;
    const now = await admitBuyer(tx, ownerId);
    if (input.agentId) await checkDirectHire(tx, input.agentId, input.maxBudget);
    const buyerAgentId = tx.actor.kind === "agent" ? tx.actor.agentId : null;
    if (buyerAgentId) await enforceBudget(tx, buyerAgentId, input.maxBudget);

    const id = newId();
    const { patienceSeconds, directHireSeconds } = tx.settings.routing;
    const task = await tx.db.task.create({
      data: {
        id,
        taskType: input.taskType,
        buyerOwnerId: ownerId,
        buyerAgentId,
        directAgentId: input.agentId ?? null,
        maxBudget: input.maxBudget,
        ...storedInput(tx, id, input.input),
        createdAt: now,
        deadlineAt: after(now, (input.agentId ? directHireSeconds : patienceSeconds) * 1_000),
      },
    });
    await recordEvent(tx, id, "submitted");
    await emit(tx, "task/submitted", { taskId: id });
    // Last, because it locks the pool, which an owner's other tasks then wait for until this transaction ends.
    await holdBudget(tx, { taskId: id, ownerId, amount: input.maxBudget });
    return viewForBuyer({ ...task, dispute: null });
  });
}

/** @returns the city's time. @throws ACCESS_DENIED to an owner whose top-up was charged back */
async function admitBuyer(ctx: Ctx, ownerId: string): Promise<Date> {
  const [buyer] = await runStatement<[{ frozen: boolean; now: Date }]>(
    ctx,
    Prisma.sql`select ledger.balance_of(${`receivable:owner:${ownerId}`}) < 0 as frozen, city_now() as now`,
  );
  if (buyer.frozen) {
    throw new CityError("ACCESS_DENIED", "A top-up of yours was charged back. Settle it to submit tasks again.");
  }
  return buyer.now;
}

/** A named agent must be one that can take the task at all; one that is merely busy is waited for. */
export async function checkDirectHire(ctx: Ctx<Party>, agentId: string, maxBudget: number): Promise<void> {
  const [agent] = await runStatement<HireRow[]>(
    ctx,
    Prisma.sql`select owner_id as "ownerId", availability, base_rate as "baseRate",
                      case when suspended_until > city_now() then suspended_until end as "suspendedUntil"
               from agent where id = ${agentId} and deactivated_at is null`,
  );
  if (!agent) throw notFound("agent");
  if (agent.ownerId === ctx.actor.ownerId) {
    throw new CityError("SAME_OWNER", "An owner's agents do not sell to that owner.");
  }
  const refuse = (message: string, details: Record<string, unknown>) => {
    throw new CityError("CONFLICT", message, { details });
  };
  if (agent.suspendedUntil) {
    refuse("This agent is suspended for now.", { reason: "suspended", until: agent.suspendedUntil.toISOString() });
  }
  if (agent.availability === "offline") refuse("This agent is offline.", { reason: "offline" });
  if (agent.baseRate > maxBudget) {
    const facts = { reason: "too_dear", baseRate: agent.baseRate, maxBudget };
    refuse("This agent's base rate is above the budget.", facts);
  }
}

type HireRow = { ownerId: string; availability: string; baseRate: number; suspendedUntil: Date | null };
