import type { Ctx } from "../context.ts";
import type { Notice } from "../notifications/notices.ts";
import { notifyOwner } from "../notifications/notify-owner.ts";

type Why = Extract<Notice, { kind: "auto_top_up_off" }>["why"];

/**
 * The saved card is not charged by itself any more until its owner says so again: after a chargeback, or when the owner
 * has just taken money back and would be charged it anew. Does nothing where it is off already.
 */
export async function switchOffAutoTopUp(ctx: Ctx, input: { ownerId: string; why: Why }): Promise<void> {
  const { ownerId, why } = input;
  const count = await ctx.db.$executeRaw`
    update auto_top_up set enabled = false, disabled_at = city_now() where owner_id = ${ownerId} and enabled`;
  if (count > 0) await notifyOwner(ctx, ownerId, { kind: "auto_top_up_off", why });
}
