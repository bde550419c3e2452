import { CityError, type ErrorCode, isCityError } from "#server/kernel/errors.ts";

/**
 * What an unhappy answer of the card company means.
 * - `declined`: the bank said no; `reason` is its word (`insufficient_funds`, `card_declined`, `authentication_required`).
 * - `insufficient_balance`: the balance to move money from is too low; nothing happened; wait and use a new key.
 * - `unavailable`: no usable answer (time-out, 5xx, too many requests, our key not accepted, or 409: the first request
 *   under this key still runs); the effect may or may not have happened: a key that was changed says nothing about what
 *   an earlier try has done.
 * - `idempotency`: the key was used before with other values, and that first use may have acted: look it up.
 * - `invalid`: the request itself was refused; nothing happened. `reason` is the card company's code, or `signature`.
 */
export type PaymentErrorKind = "declined" | "insufficient_balance" | "unavailable" | "idempotency" | "invalid";

const ANSWERS: Record<PaymentErrorKind, { code: ErrorCode; message: string }> = {
  declined: { code: "PAYMENT_DECLINED", message: "The card was declined." },
  insufficient_balance: { code: "UNAVAILABLE", message: "The payment waits for funds to arrive." },
  unavailable: { code: "UNAVAILABLE", message: "The payment service does not answer at the moment." },
  idempotency: { code: "INTERNAL_ERROR", message: "The payment could not be processed." },
  invalid: { code: "INTERNAL_ERROR", message: "The payment service did not accept the request." },
};

type PaymentErrorOptions = {
  message?: string;
  /** True when the card company answered from memory: the same key will never get another answer. */
  replayed?: boolean;
  log?: Record<string, unknown>;
  cause?: unknown;
};

const BRAND = Symbol.for("ai-city.payment-error");

/** Thrown by every method of `PaymentsPort`. Uncaught, it answers like the `CityError` it is. */
export class PaymentError extends CityError {
  readonly kind: PaymentErrorKind;
  /** The reason in the card company's words. */
  readonly reason: string;
  /** `refused`: surely no money moved. `unknown`: repeat with the same key and values, or look it up by metadata. */
  readonly outcome: "refused" | "unknown";
  readonly replayed: boolean;

  constructor(kind: PaymentErrorKind, reason: string, options: PaymentErrorOptions = {}) {
    super(ANSWERS[kind].code, options.message ?? ANSWERS[kind].message, {
      details: { reason },
      log: options.log,
      cause: options.cause,
    });
    this.name = "PaymentError";
    this.kind = kind;
    this.reason = reason;
    this.outcome = kind === "unavailable" || kind === "idempotency" ? "unknown" : "refused";
    this.replayed = options.replayed ?? false;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** True for errors of the payments port; a brand instead of `instanceof`, like `isCityError`. */
export function isPaymentError(error: unknown): error is PaymentError {
  return isCityError(error) && BRAND in error;
}
