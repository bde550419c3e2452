import type { Ctx } from "../context.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";

/** Declines in a row after which the saved card is not charged by itself any more. */
const DECLINES_MAX = 3;

type Ended = { ownerId: string; declines: number; amount: number; reason: string | null };

type Ending = {
  topUpId: string;
  /** `dropped`: nobody wanted it any more, which says nothing about the card. */
  outcome: "paid" | "declined" | "dropped";
};

/** Frees the way for the next automatic top-up, and counts declines; the third in a row switches it off. */
export async function endAutoTopUp(ctx: Ctx, { topUpId, outcome }: Ending): Promise<void> {
  const [paid, declined] = [outcome === "paid", outcome === "declined"];
  const [ended] = await ctx.db.$queryRaw<Ended[]>`
    update auto_top_up a set
      in_flight_id = null,
      declines = case when ${paid} then 0 when ${declined} then declines + 1 else declines end,
      enabled = enabled and not (${declined} and declines + 1 >= ${DECLINES_MAX}),
      disabled_at = case when ${declined} and declines + 1 >= ${DECLINES_MAX} then city_now() else disabled_at end
    from top_up t
    where a.in_flight_id = ${topUpId} and t.id = a.in_flight_id
    returning a.owner_id as "ownerId", a.declines, t.amount, t.failure as reason`;
  if (!ended || !declined) return;
  const switchedOff = ended.declines >= DECLINES_MAX;
  await notifyOwner(ctx, ended.ownerId, {
    kind: "auto_top_up_failed",
    amount: ended.amount,
    reason: ended.reason,
    switchedOff,
  });
  if (!switchedOff) return;
  ctx.log.warn({ ownerId: ended.ownerId, declines: ended.declines }, "automatic top-up switched off after declines");
}
