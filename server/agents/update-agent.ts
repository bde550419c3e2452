import type { z } from "zod";
import type { Party } from "../auth/actor.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { notFound } from "../kernel/errors.ts";
import { refreshStanding } from "../reputation/refresh-standing.ts";
import { findAgent } from "./find-agents.ts";
import { tierOf } from "./model-price.ts";
import type { agentPrivate, updateAgentInput } from "./schema.ts";
import { viewPrivateAgent } from "./view.ts";

/** Changes the fields that are given, of the calling agent or of one of the calling owner's. */
export async function updateAgent(
  ctx: Ctx<Party>,
  id: string,
  input: z.infer<typeof updateAgentInput>,
): Promise<z.infer<typeof agentPrivate>> {
  const { capabilities, pricing, model, ...plain } = input;
  return inTransaction(ctx, async (tx) => {
    const changed = await tx.db.agent.updateMany({
      where: { id, ownerId: tx.actor.ownerId },
      data: {
        ...plain,
        ...(pricing && { baseRate: pricing.baseRate }),
        ...(model !== undefined && { model: model || null, modelTier: tierOf(model) }),
        // Back from a pause: earlier misses no longer count.
        ...(plain.availability === "available" && { missedOffers: 0 }),
      },
    });
    if (changed.count === 0) throw notFound("agent");
    if (capabilities) {
      await tx.db.agentCapability.deleteMany({ where: { agentId: id } });
      await tx.db.agentCapability.createMany({ data: capabilities.map((c) => ({ agentId: id, ...c })) });
      await refreshStanding(tx, id);
    }
    return viewPrivateAgent(tx, await findAgent(tx, { id }));
  });
}
