import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { getPool } from "./get-pool.ts";
import { requestAutoTopUp } from "./request-auto-top-up.ts";
import type { poolView, setAutoTopUpInput } from "./schema.ts";

/** Keeps the pool filled from the saved card. Switching it on again forgets earlier declines. */
export async function setAutoTopUp(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof setAutoTopUpInput>,
): Promise<z.infer<typeof poolView>> {
  const { ownerId } = ctx.actor;
  const values = {
    enabled: input.enabled,
    threshold: input.threshold,
    reloadAmount: input.reloadAmount,
    monthlyCap: input.monthlyCap ?? null,
    ...(input.enabled && { declines: 0, disabledAt: null }),
  };
  return inTransaction(ctx, async (tx) => {
    // Lock order: owner, then auto_top_up.
    await tx.db.$queryRaw`select 1 from owner where id = ${ownerId} for share`;
    await tx.db.autoTopUp.upsert({ where: { ownerId }, create: { ownerId, ...values }, update: values });
    await requestAutoTopUp(tx, { ownerId });
    return getPool(tx);
  });
}
