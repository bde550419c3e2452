import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { invalidState } from "../kernel/errors.ts";
import { lockAsSeller } from "./find-task.ts";
import { releaseOffer } from "./release-offer.ts";
import type { declineInput } from "./schema.ts";

/** The seller lets an offer pass, at once and without penalty; the next best agent is asked. */
export async function declineTask(
  ctx: Ctx<AgentActor>,
  input: z.infer<typeof declineInput>,
): Promise<{ id: string; declined: true }> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockAsSeller(tx, input.id);
    if (task.status !== "routing") throw invalidState("Only an open offer can be declined.", task.status, ["routing"]);
    await releaseOffer(tx, task, "declined", { reason: input.reason, message: input.message });
    await tx.db.agent.update({ where: { id: tx.actor.agentId }, data: { missedOffers: 0 } });
    return { id: task.id, declined: true };
  });
}
