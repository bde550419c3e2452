import { moveMoney } from "./balances.ts";
import { type CardFailure, type CardInput, TEST_CARDS, type TestCard } from "./cards.ts";
import { openDispute } from "./disputing.ts";
import { recordEvent } from "./events.ts";
import { takeFault } from "./faults.ts";
import { stripeId } from "./ids.ts";
import type { Charge, PaymentIntent, PaymentMethod } from "./objects.ts";
import { hiddenOf, insert, save } from "./store.ts";
import { type Call, PLATFORM } from "./world.ts";

/** A card as a payment method; which test card it is stays hidden, as the number does at Stripe. */
export async function keepCard(call: Call, card: TestCard, input: CardInput): Promise<PaymentMethod> {
  const method: PaymentMethod = {
    id: stripeId("pm"),
    object: "payment_method",
    created: call.now,
    livemode: false,
    type: "card",
    customer: null,
    billing_details: { name: input.name, email: null },
    card: {
      brand: card.brand,
      last4: card.number.slice(-4),
      exp_month: input.expMonth,
      exp_year: input.expYear,
      funding: "credit",
      country: "US",
    },
    metadata: {},
  };
  return insert(call, method, { hidden: { number: card.number } });
}

type ChargeResult = { intent: PaymentIntent; charge: Charge; failure: CardFailure | null };

/**
 * Tries one card for one payment: a charge either way, the money on success, and the events of both outcomes.
 * `present` says whether the card holder is there.
 */
export async function attemptCharge(
  call: Call,
  intent: PaymentIntent,
  method: PaymentMethod,
  present: boolean,
): Promise<ChargeResult> {
  const { number } = await hiddenOf(call, method.id);
  const card = TEST_CARDS.find((known) => known.number === number);
  const failure = await failureOf(call, card, present);
  const charge = await makeCharge(call, intent, method, failure);
  const next: PaymentIntent = failure
    ? {
        ...intent,
        payment_method: null,
        latest_charge: charge.id,
        last_payment_error: { type: "card_error", charge: charge.id, ...failure, payment_method: method },
        status: "requires_payment_method",
      }
    : {
        ...intent,
        payment_method: method.id,
        latest_charge: charge.id,
        last_payment_error: null,
        amount_received: intent.amount,
        status: "succeeded",
      };
  await save(call, next);
  await recordEvent(call, failure ? "charge.failed" : "charge.succeeded", charge);
  await recordEvent(call, failure ? "payment_intent.payment_failed" : "payment_intent.succeeded", next);
  if (!failure && card?.chargedBack) await openDispute(call, next.id, charge.amount, "fraudulent");
  return { intent: next, charge, failure };
}

async function failureOf(call: Call, card: TestCard | undefined, present: boolean): Promise<CardFailure | null> {
  const fault = await takeFault(call, "charge_declined");
  if (fault) {
    const decline_code = fault.options.code ?? "generic_decline";
    return { code: "card_declined", decline_code, message: "Your card was declined." };
  }
  if (!card) return { code: "card_declined", decline_code: "invalid_account", message: "Your card was declined." };
  return present ? card.present : card.absent;
}

async function makeCharge(
  call: Call,
  intent: PaymentIntent,
  method: PaymentMethod,
  failure: CardFailure | null,
): Promise<Charge> {
  const id = stripeId("ch");
  const { funds } = call.settings;
  const pending = funds === "pending" && method.card.last4 !== "0077";
  const entry = failure
    ? null
    : await moveMoney(call, {
        account: PLATFORM,
        amount: intent.amount,
        type: "charge",
        source: id,
        bucket: pending ? "pending" : "available",
      });
  return insert<Charge>(call, {
    id,
    object: "charge",
    created: call.now,
    livemode: false,
    amount: intent.amount,
    amount_captured: failure ? 0 : intent.amount,
    amount_refunded: 0,
    balance_transaction: entry?.id ?? null,
    captured: !failure,
    currency: "usd",
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
    paid: !failure,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { type: "card", card: { brand: method.card.brand, last4: method.card.last4 } },
    refunded: false,
    status: failure ? "failed" : "succeeded",
    metadata: intent.metadata,
  });
}
