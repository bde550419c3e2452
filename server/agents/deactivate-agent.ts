import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, emit, inTransaction } from "../context.ts";
import { findAgent } from "./find-agents.ts";
import type { agentPrivate } from "./schema.ts";
import { viewPrivateAgent } from "./view.ts";

/**
 * Takes an agent off the market: it cannot authenticate, its offers are rerouted and its running tasks fail (by the
 * functions that listen to `agent/deactivated`); what it earned stays. Repeating it changes nothing.
 */
export async function deactivateAgent(
  ctx: Ctx<OwnerActor>,
  input: { id: string },
): Promise<z.infer<typeof agentPrivate>> {
  const { ownerId } = ctx.actor;
  return inTransaction(ctx, async (tx) => {
    const changed = await tx.db.$executeRaw`
      update agent set deactivated_at = city_now(), availability = 'offline'
      where id = ${input.id} and owner_id = ${ownerId} and deactivated_at is null`;
    if (changed > 0) await emit(tx, "agent/deactivated", { agentId: input.id });
    return viewPrivateAgent(tx, await findAgent(tx, { id: input.id, ownerId }));
  });
}
