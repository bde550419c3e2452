import type { CardFailure, CardInput, TestCard } from "./cards.ts";
import { attemptCharge, keepCard } from "./charging.ts";
import { recordEvent } from "./events.ts";
import { stripeId } from "./ids.ts";
import type { CheckoutSession, PaymentIntent } from "./objects.ts";
import { find, hiddenOf, insert, lookUp, save } from "./store.ts";
import type { Call } from "./world.ts";

/** What a session keeps for the payment it will make. */
export type PaymentPlan = Pick<PaymentIntent, "description" | "setup_future_usage" | "transfer_group" | "metadata">;

/** The session, locked; one that has run out is marked so first, as Stripe would have done by itself. */
export async function openSession(call: Call, id: string): Promise<CheckoutSession> {
  const session = await find(call, "checkout.session", id, { lock: true });
  if (session.status !== "open" || session.expires_at > call.now) return session;
  return expireSession(call, session);
}

export async function expireSession(call: Call, session: CheckoutSession): Promise<CheckoutSession> {
  const expired = await save<CheckoutSession>(call, { ...session, status: "expired", url: null });
  await recordEvent(call, "checkout.session.expired", expired);
  return expired;
}

/** Pays an open session with a card. A refusal leaves it open for another try; a second success is impossible. */
export async function paySession(
  call: Call,
  session: CheckoutSession,
  card: TestCard,
  input: CardInput,
): Promise<{ session: CheckoutSession; failure: CardFailure | null }> {
  const { plan } = (await hiddenOf(call, session.id)) as { plan: PaymentPlan };
  const existing = session.payment_intent ? await lookUp(call, "payment_intent", session.payment_intent) : undefined;
  const intent = existing ?? (await startPayment(call, session, plan));
  const method = await keepCard(call, card, input);
  const result = await attemptCharge(call, intent, method, true);
  if (result.failure) {
    return { session: await save(call, { ...session, payment_intent: intent.id }), failure: result.failure };
  }
  if (session.customer && plan.setup_future_usage) {
    const attached = await save(call, { ...method, customer: session.customer });
    await recordEvent(call, "payment_method.attached", attached);
  }
  const paid = await save<CheckoutSession>(call, {
    ...session,
    status: "complete",
    payment_status: "paid",
    payment_intent: intent.id,
    url: null,
  });
  await recordEvent(call, "checkout.session.completed", paid);
  return { session: paid, failure: null };
}

async function startPayment(call: Call, session: CheckoutSession, plan: PaymentPlan): Promise<PaymentIntent> {
  const intent = await insert<PaymentIntent>(call, {
    id: stripeId("pi"),
    object: "payment_intent",
    created: call.now,
    livemode: false,
    amount: session.amount_total,
    amount_received: 0,
    currency: "usd",
    customer: session.customer,
    payment_method: null,
    payment_method_types: ["card"],
    latest_charge: null,
    last_payment_error: null,
    status: "requires_payment_method",
    ...plan,
  });
  await recordEvent(call, "payment_intent.created", intent);
  return intent;
}

/** Where the payer goes after paying. */
export function successUrl(session: CheckoutSession): string {
  return session.success_url.replaceAll("{CHECKOUT_SESSION_ID}", session.id);
}
