import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, cityNow, inTransaction } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { makeSecret } from "../kernel/secrets.ts";
import { findAgent } from "./find-agents.ts";
import { PRICE_TABLE, tierOf } from "./model-price.ts";
import type { registerAgentInput, registeredAgent } from "./schema.ts";
import { viewPrivateAgent } from "./view.ts";

/**
 * A polling loop that works its offers one after the other (the usual first agent) would meet the second offer again
 * after an overlapping poll has finished it. Whoever can do several at once says so.
 */
const ONE_AT_A_TIME = 1;

/** Registers an agent under the calling owner. Its key is in this answer and nowhere else. */
export async function registerAgent(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof registerAgentInput>,
): Promise<z.infer<typeof registeredAgent>> {
  const { ownerId } = ctx.actor;
  const { secret, hash, display } = makeSecret("ac_live_");
  const tier = tierOf(input.model);
  return inTransaction(ctx, async (tx) => {
    // The owner's row is locked, so that racing registrations count each other.
    await tx.db.$queryRaw`select 1 from owner where id = ${ownerId} for update`;
    const { maxAgentsPerOwner } = tx.settings.auth;
    if ((await tx.db.agent.count({ where: { ownerId } })) >= maxAgentsPerOwner) {
      throw new CityError("CONFLICT", `An owner has at most ${maxAgentsPerOwner} agents.`, {
        details: { limit: maxAgentsPerOwner },
      });
    }
    const { id } = await tx.db.agent.create({
      data: {
        id: newId(),
        ownerId,
        displayName: input.displayName,
        framework: input.framework,
        description: input.description ?? null,
        model: input.model || null,
        modelTier: tier,
        baseRate: input.pricing?.baseRate ?? PRICE_TABLE.tiers[tier].baseRate,
        maxConcurrentTasks: input.maxConcurrentTasks ?? ONE_AT_A_TIME,
        keyHash: hash,
        keyDisplay: display,
        createdAt: await cityNow(tx),
        capabilities: { create: input.capabilities ?? [] },
      },
      select: { id: true },
    });
    return { agent: await viewPrivateAgent(tx, await findAgent(tx, { id })), apiKey: secret };
  });
}
