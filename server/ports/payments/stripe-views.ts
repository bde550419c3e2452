import type Stripe from "stripe";
import type {
  CardDispute,
  Checkout,
  ConnectAccount,
  Payment,
  Payout,
  Refund,
  SavedCard,
  Transfer,
} from "../payments.ts";

const time = (seconds: number): string => new Date(seconds * 1000).toISOString();

function idOf(value: string | { id: string } | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : value.id;
}

// Stripe's types leave room for words it may add; a word we do not know counts as undecided.
const CHECKOUT = ["open", "complete", "expired"] as const;
const OUTCOME = ["pending", "requires_action", "succeeded", "failed", "canceled"] as const;
const PAYOUT = ["pending", "in_transit", "paid", "failed", "canceled"] as const;

export function viewCheckout(session: Stripe.Checkout.Session): Checkout {
  return {
    id: session.id,
    url: session.url,
    status: CHECKOUT.find((status) => status === session.status) ?? "open",
    paid: session.payment_status === "paid",
    amountCents: session.amount_total ?? 0,
    customerId: idOf(session.customer),
    paymentId: idOf(session.payment_intent),
    metadata: session.metadata ?? {},
    createdAt: time(session.created),
  };
}

export function viewCard(method: Stripe.PaymentMethod): SavedCard | null {
  if (!method.card) return null;
  const { brand, last4, exp_month, exp_year } = method.card;
  return { id: method.id, brand, last4, expMonth: exp_month, expYear: exp_year };
}

/** Wants `latest_charge.balance_transaction` expanded; without it the charge's figures are not known. */
export function viewPayment(intent: Stripe.PaymentIntent): Payment {
  const charge = typeof intent.latest_charge === "object" ? intent.latest_charge : null;
  const entry = typeof charge?.balance_transaction === "object" ? charge.balance_transaction : null;
  const failure = intent.last_payment_error;
  const { brand, last4 } = charge?.payment_method_details?.card ?? {};
  return {
    id: intent.id,
    status: paymentStatus(intent),
    amountCents: intent.amount,
    receivedCents: intent.amount_received,
    refundedCents: charge?.amount_refunded ?? 0,
    disputed: charge?.disputed ?? false,
    feeCents: entry?.fee ?? null,
    customerId: idOf(intent.customer),
    chargeId: idOf(intent.latest_charge),
    card: brand && last4 ? { brand, last4 } : null,
    declineCode: failure?.decline_code ?? failure?.code ?? null,
    metadata: intent.metadata,
    createdAt: time(intent.created),
  };
}

function paymentStatus(intent: Stripe.PaymentIntent): Payment["status"] {
  const settled = (["succeeded", "processing", "canceled"] as const).find((status) => status === intent.status);
  if (settled) return settled;
  return intent.status === "requires_payment_method" && intent.last_payment_error ? "failed" : "requires_action";
}

export function viewRefund(refund: Stripe.Refund): Refund {
  return {
    id: refund.id,
    paymentId: idOf(refund.payment_intent),
    amountCents: refund.amount,
    status: OUTCOME.find((status) => status === refund.status) ?? "pending",
    failureReason: refund.failure_reason ?? null,
    metadata: refund.metadata ?? {},
    createdAt: time(refund.created),
  };
}

export function viewDispute(dispute: Stripe.Dispute): CardDispute {
  const won = dispute.status === "won" || dispute.status === "warning_closed" || dispute.status === "prevented";
  return {
    id: dispute.id,
    paymentId: idOf(dispute.payment_intent),
    chargeId: idOf(dispute.charge) ?? "",
    amountCents: dispute.amount,
    status: won ? "won" : dispute.status === "lost" ? "lost" : "open",
    inquiry: dispute.status.startsWith("warning_"),
    reason: dispute.reason,
    createdAt: time(dispute.created),
  };
}

export function viewAccount(account: Stripe.Account): ConnectAccount {
  const requirements = account.requirements;
  return {
    id: account.id,
    chargesEnabled: account.charges_enabled,
    payoutsEnabled: account.payouts_enabled,
    detailsSubmitted: account.details_submitted,
    transfersActive: account.capabilities?.transfers === "active",
    requirementsDue: [...new Set([...(requirements?.past_due ?? []), ...(requirements?.currently_due ?? [])])],
    disabledReason: requirements?.disabled_reason ?? null,
    // Before the form is finished an account is unfinished, not restricted.
    restricted: account.details_submitted && Boolean(requirements?.disabled_reason),
    metadata: account.metadata ?? {},
    createdAt: time(account.created ?? 0),
  };
}

export function viewTransfer(transfer: Stripe.Transfer): Transfer {
  return {
    id: transfer.id,
    accountId: idOf(transfer.destination) ?? "",
    amountCents: transfer.amount,
    reversedCents: transfer.amount_reversed,
    transferGroup: transfer.transfer_group,
    metadata: transfer.metadata,
    createdAt: time(transfer.created),
  };
}

export function viewPayout(accountId: string, payout: Stripe.Payout): Payout {
  return {
    id: payout.id,
    accountId,
    amountCents: payout.amount,
    status: PAYOUT.find((status) => status === payout.status) ?? "pending",
    failureCode: payout.failure_code,
    failureMessage: payout.failure_message,
    arrivesAt: time(payout.arrival_date),
    metadata: payout.metadata ?? {},
    createdAt: time(payout.created),
  };
}
