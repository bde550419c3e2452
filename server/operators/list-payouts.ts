import { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { requireOperator } from "./require-operator.ts";

export const operatorPayouts = z.array(
  z.object({
    id: z.string(),
    ownerId: z.string(),
    amount: z.int().describe("Cents."),
    status: z.enum(["requested", "processing", "paid", "failed"]),
    failure: z.string().nullable().describe("Why it failed, or what it waits for."),
    transferId: z.string().nullable().describe("The card company's."),
    payoutId: z.string().nullable().describe("The card company's."),
    createdAt: z.iso.datetime(),
  }),
);

const FAILED_DAYS = 30;

/**
 * Withdrawals on their way to a bank, or sent back by one and not in a wallet again, oldest first; and those that failed in
 * the last thirty days.
 */
export async function listPayouts(ctx: Ctx<OwnerActor>): Promise<z.infer<typeof operatorPayouts>> {
  requireOperator(ctx);
  const rows = await ctx.db.$queryRaw<(Omit<z.infer<typeof operatorPayouts>[number], "createdAt"> & { at: Date })[]>`
    select id, owner_id as "ownerId", amount, status, failure, transfer_id as "transferId", payout_id as "payoutId",
           created_at as at
    from withdrawal
    where status in ('requested', 'processing') or (status = 'paid' and failure is not null)
       or (status = 'failed' and created_at > city_now() - make_interval(days => ${FAILED_DAYS}))
    order by status = 'failed', created_at limit 200`;
  return rows.map(({ at, ...row }) => ({ ...row, createdAt: at.toISOString() }));
}
