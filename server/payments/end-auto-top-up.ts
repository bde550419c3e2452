import type { Ctx } from "../context.ts";

/** Declines in a row after which the saved card is not charged by itself any more. */
const DECLINES_MAX = 3;

/** Frees the way for the next automatic top-up, and counts declines; the third in a row switches it off. */
export async function endAutoTopUp(ctx: Ctx, input: { topUpId: string; paid: boolean }): Promise<void> {
  const [ended] = await ctx.db.$queryRaw<{ ownerId: string; declines: number }[]>`
    update auto_top_up set
      in_flight_id = null,
      declines = case when ${input.paid} then 0 else declines + 1 end,
      enabled = enabled and (${input.paid} or declines + 1 < ${DECLINES_MAX}),
      disabled_at = case when not ${input.paid} and declines + 1 >= ${DECLINES_MAX} then city_now() else disabled_at end
    where in_flight_id = ${input.topUpId}
    returning owner_id as "ownerId", declines`;
  if (!ended || ended.declines < DECLINES_MAX) return;
  ctx.log.warn({ ownerId: ended.ownerId, declines: ended.declines }, "automatic top-up switched off after declines");
}
