import type { z } from "zod";
import type { OwnerActor } from "../auth/actor.ts";
import type { Ctx } from "../context.ts";
import { isPaymentError } from "../ports/payments/payment-error.ts";
import type { connectStatusView } from "./schema.ts";
import { syncConnectAccount } from "./sync-connect-account.ts";

/**
 * How far the owner's bank connection is. While it is not finished the card company is asked each time: its webhook may
 * come later than the owner does.
 */
export async function connectStatus(ctx: Ctx<OwnerActor>): Promise<z.infer<typeof connectStatusView>> {
  const { ownerId } = ctx.actor;
  const known = await ctx.db.connectAccount.findUnique({ where: { ownerId } });
  if (!known) return { connected: false, detailsSubmitted: false, payoutsEnabled: false, restrictedReason: null };
  if (!known.payoutsEnabled) await refresh(ctx, known.stripeAccountId);
  const account = await ctx.db.connectAccount.findUniqueOrThrow({ where: { ownerId } });
  return {
    connected: true,
    detailsSubmitted: account.detailsSubmitted,
    payoutsEnabled: account.payoutsEnabled,
    restrictedReason: account.restrictedReason,
  };
}

/** What we know already is answer enough when the card company is away. */
async function refresh(ctx: Ctx, accountId: string): Promise<void> {
  try {
    await syncConnectAccount(ctx, { accountId });
  } catch (error) {
    if (!isPaymentError(error)) throw error;
    ctx.log.warn({ accountId, reason: error.reason }, "the account could not be read again");
  }
}
