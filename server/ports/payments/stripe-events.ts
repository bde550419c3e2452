import Stripe from "stripe";
import type { PaymentEvent } from "../payments.ts";
import { PaymentError } from "./payment-error.ts";

/**
 * Checks a webhook against each secret (Stripe gives the city's own and the connected accounts' endpoint one each,
 * and two during a rotation). Throws `PaymentError` `invalid` with reason `signature` when none fits.
 */
export function verifyStripeEvent(
  stripe: Stripe,
  secrets: readonly string[],
  rawBody: string | Uint8Array,
  signatureHeader: string,
): PaymentEvent {
  const body = typeof rawBody === "string" ? rawBody : Buffer.from(rawBody);
  let cause: unknown;
  for (const secret of secrets) {
    try {
      return viewEvent(stripe.webhooks.constructEvent(body, signatureHeader, secret));
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw notAnEvent(error);
      cause = error;
    }
  }
  throw new PaymentError("invalid", "signature", { message: "The webhook's signature is not valid.", cause });
}

function viewEvent(event: Stripe.Event): PaymentEvent {
  const object = event.data.object as { id?: string };
  return {
    id: event.id,
    type: event.type,
    // Some objects (a balance) have no id; no event of theirs concerns the city.
    objectId: object.id ?? "",
    accountId: event.account ?? null,
    createdAt: new Date(event.created * 1000).toISOString(),
    live: event.livemode,
  };
}

function notAnEvent(cause: unknown): PaymentError {
  return new PaymentError("invalid", "body", { message: "The webhook's body is not an event.", cause });
}
