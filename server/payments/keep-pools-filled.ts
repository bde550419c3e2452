import type { Ctx } from "../context.ts";
import { requestAutoTopUp } from "./request-auto-top-up.ts";

/** Starts an automatic top-up for every owner who wants one and whose pool has fallen below the threshold. */
export async function keepPoolsFilled(ctx: Ctx): Promise<{ started: number }> {
  const low = await ctx.db.$queryRaw<{ ownerId: string }[]>`
    select a.owner_id as "ownerId" from auto_top_up a
    join owner o on o.id = a.owner_id and o.closed_at is null
    left join ledger.account pool on pool.name = 'pool:' || a.owner_id
    where a.enabled and a.in_flight_id is null and coalesce(pool.balance, 0) < a.threshold
      and ledger.balance_of('receivable:owner:' || a.owner_id) = 0 limit 500`;
  let started = 0;
  for (const { ownerId } of low) {
    const pending = await requestAutoTopUp(ctx, { ownerId }).catch((error: unknown) => {
      ctx.log.error({ err: error, ownerId }, "an automatic top-up could not be started");
      return false;
    });
    if (pending) started += 1;
  }
  return { started };
}
