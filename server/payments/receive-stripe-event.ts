import { type Ctx, emit, inTransaction } from "../context.ts";
import { CityError } from "../kernel/errors.ts";
import { isPaymentError } from "../ports/payments/payment-error.ts";
import type { PaymentEvent } from "../ports/payments.ts";
import { isHandled } from "./handle-stripe-event.ts";

export type Received = { received: true; outcome: "queued" | "repeated" | "ignored" };

/**
 * Takes a webhook in: checks the signature over the raw body, records the event's id and queues the work, both or
 * neither. A repeat is recorded once, an event of a type that means nothing to the city not at all; both are answered 200.
 * Throws VALIDATION_ERROR (400) for a signature that is not right.
 */
export async function receiveStripeEvent(
  ctx: Ctx,
  input: { rawBody: string | Uint8Array; signature: string },
): Promise<Received> {
  const event = verify(ctx, input);
  if (!isHandled(event.type)) return { received: true, outcome: "ignored" };
  return inTransaction(ctx, async (tx) => {
    const added = await tx.db.$executeRaw`
      insert into stripe_event (id, type, object_id, account, received_at)
      values (${event.id}, ${event.type}, ${event.objectId}, ${event.accountId}, city_now())
      on conflict (id) do nothing`;
    if (added === 0) return { received: true, outcome: "repeated" };
    await emit(tx, "stripe/event-received", { eventId: event.id });
    return { received: true, outcome: "queued" };
  });
}

function verify(ctx: Ctx, input: { rawBody: string | Uint8Array; signature: string }): PaymentEvent {
  try {
    return ctx.ports.payments.verifyEvent(input.rawBody, input.signature);
  } catch (error) {
    if (!isPaymentError(error) || error.kind !== "invalid") throw error;
    throw new CityError("VALIDATION_ERROR", error.message, { details: { reason: error.reason }, cause: error });
  }
}
