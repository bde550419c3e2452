import type { Ctx } from "../context.ts";
import { handleAccount } from "./events/account.ts";
import { handleChargeback } from "./events/chargeback.ts";
import { handleCheckout } from "./events/checkout.ts";
import { handlePayment } from "./events/payment.ts";
import { handlePayout } from "./events/payout.ts";
import { handleRefund } from "./events/refund.ts";
import { handleTransfer } from "./events/transfer.ts";

type Handler = (ctx: Ctx, event: { objectId: string; accountId: string | null }) => Promise<void>;

/** By the first part of the type: an event is a hint, and what happened is read from the object itself. */
const HANDLERS: readonly (readonly [prefix: string, handler: Handler])[] = [
  ["checkout.session.", handleCheckout],
  ["payment_intent.", handlePayment],
  ["refund.", handleRefund],
  ["charge.dispute.", handleChargeback],
  ["account.updated", handleAccount],
  ["transfer.", handleTransfer],
  ["payout.", handlePayout],
];

function handlerOf(type: string): Handler | undefined {
  return HANDLERS.find(([prefix]) => type.startsWith(prefix))?.[1];
}

/** Whether events of this type mean anything to the city. */
export function isHandled(type: string): boolean {
  return handlerOf(type) !== undefined;
}

/** Does what a recorded event calls for. Any number of times, in any order, with the same end. */
export async function handleStripeEvent(ctx: Ctx, input: { eventId: string }): Promise<{ handled: boolean }> {
  const event = await ctx.db.stripeEvent.findUnique({ where: { id: input.eventId } });
  const handler = event && handlerOf(event.type);
  if (!event || !handler) return { handled: false };
  await handler(ctx, { objectId: event.objectId, accountId: event.account });
  await ctx.db
    .$executeRaw`update stripe_event set handled_at = city_now() where id = ${event.id} and handled_at is null`;
  return { handled: true };
}
