import type { Ctx } from "../context.ts";
import type { ConnectAccount } from "../ports/payments.ts";
import { reachPayments } from "./reach-payments.ts";

/** Reads a seller's account again and keeps what the card company says of it now. */
export async function syncConnectAccount(ctx: Ctx, input: { accountId: string }): Promise<void> {
  await recordAccount(ctx, await reachPayments(ctx).getAccount(input.accountId));
}

/** Keeps what is known of an account, for the owner its metadata names. An account of nobody here is left alone. */
export async function recordAccount(ctx: Ctx, account: ConnectAccount): Promise<void> {
  const { ownerId } = account.metadata;
  if (!ownerId) return;
  const payoutsEnabled = account.payoutsEnabled && account.transfersActive;
  const restrictedReason = account.restricted ? (account.disabledReason ?? "restricted") : firstDue(account);
  await ctx.db.$executeRaw`
    insert into connect_account (owner_id, stripe_account_id, details_submitted, payouts_enabled, restricted_reason, updated_at)
    select id, ${account.id}, ${account.detailsSubmitted}, ${payoutsEnabled}, ${restrictedReason}, city_now()
    from owner where id = ${ownerId}
    on conflict (owner_id) do update set
      details_submitted = excluded.details_submitted, payouts_enabled = excluded.payouts_enabled,
      restricted_reason = excluded.restricted_reason, updated_at = excluded.updated_at
    where connect_account.stripe_account_id = excluded.stripe_account_id`;
}

function firstDue(account: ConnectAccount): string | null {
  return account.detailsSubmitted && account.requirementsDue.length > 0 ? (account.requirementsDue[0] ?? null) : null;
}
