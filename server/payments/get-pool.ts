import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { readPool } from "../ledger/read-pool.ts";
import { readReturnable } from "./read-returnable.ts";
import { readSavedCard } from "./saved-card.ts";
import type { poolView } from "./schema.ts";

/** The calling owner's credits. */
export async function getPool(ctx: Ctx<OwnerActor>): Promise<z.infer<typeof poolView>> {
  const { ownerId } = ctx.actor;
  const { balance, held, debt } = await readPool(ctx, ownerId);
  const auto = await ctx.db.autoTopUp.findUnique({ where: { ownerId } });
  const cards = await readReturnable(ctx, ownerId);
  return {
    id: `pool_${ownerId}`,
    ownerId,
    balance,
    held,
    debt,
    returnable: Math.min(
      balance,
      cards.reduce((sum, { returnable }) => sum + returnable, 0),
    ),
    savedCard: await readSavedCard(ctx, ownerId),
    autoTopUp: auto && {
      enabled: auto.enabled,
      threshold: auto.threshold,
      reloadAmount: auto.reloadAmount,
      monthlyCap: auto.monthlyCap,
      pending: auto.inFlightId !== null,
      disabledAt: auto.disabledAt?.toISOString() ?? null,
    },
  };
}
