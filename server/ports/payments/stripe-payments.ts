import type { PaymentsPort } from "../payments.ts";
import { createStripeClient, type StripeClientOptions } from "./stripe-client.ts";
import { stripeConnect } from "./stripe-connect.ts";
import { verifyStripeEvent } from "./stripe-events.ts";
import { listFromStripe } from "./stripe-listing.ts";
import { stripeTopUps } from "./stripe-topups.ts";

export type StripePaymentsOptions = StripeClientOptions & {
  /** One a webhook endpoint; more during a rotation. Never empty: an unsigned event must not be believed. */
  webhookSecrets: readonly string[];
};

/** `PaymentsPort` on the `stripe` package. Against Stripe itself, or, with `apiUrl`, against the stand-in. */
export function createStripePayments(options: StripePaymentsOptions): PaymentsPort {
  if (options.webhookSecrets.length === 0) throw new Error("At least one Stripe webhook secret is required.");
  const stripe = createStripeClient(options);
  return {
    adapter: {
      name: options.apiUrl === undefined ? "stripe" : "stripe-stand-in",
      live: options.apiUrl === undefined && /^[rs]k_live_/.test(options.secretKey),
    },
    ...stripeTopUps(stripe),
    ...stripeConnect(stripe),
    list: (kind, filter) => listFromStripe(stripe, kind, filter),
    verifyEvent: (body, header) => verifyStripeEvent(stripe, options.webhookSecrets, body, header),
  };
}
