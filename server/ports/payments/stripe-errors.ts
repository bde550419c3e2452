import Stripe from "stripe";
import { PaymentError, type PaymentErrorKind } from "./payment-error.ts";

const NOT_ENOUGH = new Set(["balance_insufficient", "insufficient_funds"]);

/** Runs one call to Stripe and turns what it throws into a `PaymentError`; anything else passes through. */
export async function asking<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) throw toPaymentError(what, error);
    throw error;
  }
}

/** One Stripe error → kind and reason. Facts that may name a person stay in the log part. */
export function toPaymentError(what: string, error: InstanceType<typeof Stripe.errors.StripeError>): PaymentError {
  const kind = kindOf(error);
  return new PaymentError(kind, reasonOf(kind, error), {
    // What the bank tells the card holder may be shown to the card holder.
    ...(kind === "declined" && { message: error.message }),
    replayed: error.headers?.["idempotent-replayed"] === "true",
    log: {
      what,
      stripe: { type: error.type, code: error.code, status: error.statusCode, param: error.param },
      requestId: error.requestId,
      message: error.message,
    },
    cause: error,
  });
}

function kindOf(error: InstanceType<typeof Stripe.errors.StripeError>): PaymentErrorKind {
  if (error instanceof Stripe.errors.StripeCardError) return "declined";
  if (error instanceof Stripe.errors.StripeIdempotencyError) return "idempotency";
  if (error instanceof Stripe.errors.StripeInvalidRequestError) {
    return NOT_ENOUGH.has(error.code ?? "") ? "insufficient_balance" : "invalid";
  }
  return "unavailable";
}

function reasonOf(kind: PaymentErrorKind, error: InstanceType<typeof Stripe.errors.StripeError>): string {
  if (kind === "declined") return error.decline_code ?? error.code ?? "card_declined";
  if (error instanceof Stripe.errors.StripeConnectionError) return "connection";
  if (error instanceof Stripe.errors.StripeAuthenticationError) return "authentication";
  if (error instanceof Stripe.errors.StripePermissionError) return error.code ?? "permission";
  if (error instanceof Stripe.errors.StripeRateLimitError) return "rate_limit";
  return error.code ?? error.rawType ?? "unknown";
}
