import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { findAgent } from "./find-agents.ts";
import { getBudget } from "./get-budget.ts";
import type { budgetView, setBudgetInput } from "./schema.ts";

/** Sets the limits that are given; null takes one away. */
export async function setBudget(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof setBudgetInput>,
): Promise<z.infer<typeof budgetView>> {
  const { id, ...limits } = input;
  return inTransaction(ctx, async (tx) => {
    await findAgent(tx, { id, ownerId: tx.actor.ownerId });
    await tx.db.agentBudget.upsert({ where: { agentId: id }, create: { agentId: id, ...limits }, update: limits });
    return getBudget(tx, { id });
  });
}
