import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { findAgent } from "./find-agents.ts";
import { readSpent } from "./read-spent.ts";
import type { budgetView } from "./schema.ts";

/** Limits and spending of one of the calling owner's agents. */
export async function getBudget(ctx: Ctx<OwnerActor>, input: { id: string }): Promise<z.infer<typeof budgetView>> {
  const agent = await findAgent(ctx, { id: input.id, ownerId: ctx.actor.ownerId });
  const limits = await ctx.db.agentBudget.findUnique({ where: { agentId: agent.id } });
  return {
    perTask: limits?.perTask ?? null,
    daily: limits?.daily ?? null,
    weekly: limits?.weekly ?? null,
    monthly: limits?.monthly ?? null,
    spent: await readSpent(ctx, agent.id),
  };
}
