import type { z } from "zod";
import type { Ctx } from "../context.ts";
import type { operatorPayouts } from "./schema.ts";

const FAILED_DAYS = 30;

/**
 * Withdrawals on their way to a bank, or sent back by one and not in a wallet again, oldest first; and those that failed in
 * the last thirty days.
 */
export async function listPayouts(ctx: Ctx): Promise<z.infer<typeof operatorPayouts>> {
  const rows = await ctx.db.$queryRaw<(Omit<z.infer<typeof operatorPayouts>[number], "createdAt"> & { at: Date })[]>`
    select id, owner_id as "ownerId", amount, status, failure, transfer_id as "transferId", payout_id as "payoutId",
           created_at as at
    from withdrawal
    where status in ('requested', 'processing') or (status = 'paid' and failure is not null)
       or (status = 'failed' and created_at > city_now() - make_interval(days => ${FAILED_DAYS}))
    order by status = 'failed', created_at limit 200`;
  return rows.map(({ at, ...row }) => ({ ...row, createdAt: at.toISOString() }));
}
