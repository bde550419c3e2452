import type { z } from "zod";
import type { TopUp, TopUpKind } from "#prisma";
import type { OwnerActor } from "../auth/actor.ts";
import { type Ctx, cityNow, MONEY_KEY_DAYS } from "../context.ts";
import { CityError, wrongField } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { type Cents, formatCents } from "../kernel/money.ts";
import { readPool } from "../ledger/read-pool.ts";
import { callOnce } from "./call-once.ts";
import { chargeTopUp } from "./charge-top-up.ts";
import { ensureCustomer } from "./ensure-customer.ts";
import { findListed } from "./find-listed.ts";
import { reachPayments } from "./reach-payments.ts";
import type { topUpInput, topUpResult } from "./schema.ts";

/**
 * Adds credits: a page where the owner pays, or the saved card charged at once. The credits are booked when the card
 * company has the money, which a webhook, this call or reconciliation may learn first. Another try of the same request
 * goes on with the same top-up, so a client that got no answer may ask again and pays once.
 * Throws PAYMENT_DECLINED when the bank says no, UNAVAILABLE when there is no answer yet.
 */
export async function topUp(
  ctx: Ctx<OwnerActor>,
  input: z.infer<typeof topUpInput>,
): Promise<z.infer<typeof topUpResult>> {
  checkAmount(ctx, input.amount);
  return input.useSavedCard ? chargeSavedCard(ctx, input.amount) : openCheckout(ctx, input.amount);
}

async function openCheckout(ctx: Ctx<OwnerActor>, amount: Cents): Promise<{ checkoutUrl: string }> {
  const { ownerId } = ctx.actor;
  const customerId = await ensureCustomer(ctx, ownerId);
  const row = await recordIntent(ctx, ownerId, amount, "checkout");
  if (row.checkoutUrl) return { checkoutUrl: row.checkoutUrl };
  const order = {
    customerId,
    amountCents: amount,
    description: `AI City credits, ${formatCents(amount)}`,
    successUrl: `${ctx.publicUrl}/wallet?topup=${row.id}`,
    cancelUrl: `${ctx.publicUrl}/wallet?topup=cancelled`,
    metadata: { topUpId: row.id, ownerId },
  };
  const checkout = await callOnce(ctx, {
    intent: `topup:${row.id}`,
    call: (key) => reachPayments(ctx).createCheckout(order, key),
    find: () => findListed(ctx, "checkout", { createdAt: row.createdAt, metadata: { topUpId: row.id } }),
  });
  if (!checkout.url) throw new Error("The card company opened a checkout without a page.");
  await ctx.db.topUp.update({
    where: { id: row.id },
    data: { checkoutId: checkout.id, checkoutUrl: checkout.url },
  });
  return { checkoutUrl: checkout.url };
}

async function chargeSavedCard(
  ctx: Ctx<OwnerActor>,
  amount: Cents,
): Promise<{ newBalance: Cents; amountCharged: Cents }> {
  const { ownerId } = ctx.actor;
  const customerId = await ensureCustomer(ctx, ownerId);
  if (!(await reachPayments(ctx).getSavedCard(customerId))) {
    throw new CityError("CONFLICT", "There is no saved card yet. Top up once through the payment page to save one.");
  }
  const row = await recordIntent(ctx, ownerId, amount, "saved_card");
  if (row.status === "pending") await chargeTopUp(ctx, row);
  const { balance } = await readPool(ctx, ownerId);
  return { newBalance: balance, amountCharged: row.amount };
}

/** The top-up of this request: the one an earlier try began, unless it came to nothing, or a new one. */
async function recordIntent(ctx: Ctx, ownerId: string, amount: Cents, kind: TopUpKind): Promise<TopUp> {
  const { requestKey = null } = ctx;
  const begun = requestKey && (await findBegun(ctx, requestKey));
  if (begun) {
    if (begun.amount === amount && begun.kind === kind) return begun;
    throw new CityError("IDEMPOTENCY_MISMATCH", "This Idempotency-Key was used with another request.");
  }
  if (kind === "checkout") await refuseTooMany(ctx, ownerId);
  const createdAt = await cityNow(ctx);
  return ctx.db.topUp.create({ data: { id: newId(), ownerId, amount, kind, requestKey, createdAt } });
}

/** Whoever takes a key again when its life is over means another top-up. */
async function findBegun(ctx: Ctx, requestKey: string): Promise<TopUp | null> {
  await ctx.db.$executeRaw`
    update top_up set request_key = null
    where request_key = ${requestKey} and status not in ('failed', 'expired')
      and created_at <= city_now() - make_interval(days => ${MONEY_KEY_DAYS})`;
  return ctx.db.topUp.findFirst({ where: { requestKey, status: { notIn: ["failed", "expired"] } } });
}

/** Each page that nobody pays on costs a question at the card company when its day is over. */
async function refuseTooMany(ctx: Ctx, ownerId: string): Promise<void> {
  const open = await ctx.db.topUp.count({ where: { ownerId, kind: "checkout", status: "pending" } });
  if (open < ctx.settings.money.openCheckouts) return;
  const message = `${open} payment pages are open already. Pay on one of them, or wait: each closes a day after it was opened.`;
  throw new CityError("CONFLICT", message, { details: { open } });
}

function checkAmount(ctx: Ctx, amount: Cents): void {
  const { minimumTopUp, maximumTopUp } = ctx.settings.money;
  if (amount >= minimumTopUp && amount <= maximumTopUp) return;
  const message = `A top-up is between ${formatCents(minimumTopUp)} and ${formatCents(maximumTopUp)}.`;
  throw wrongField("amount", message, message);
}
