import Stripe from "stripe";
import type { Listed, ListFilter, Metadata } from "../payments.ts";
import { PaymentError } from "./payment-error.ts";
import { toPaymentError } from "./stripe-errors.ts";
import * as view from "./stripe-views.ts";

type Page = { created: { gte: number }; limit: number };
type Walk = (stripe: Stripe, page: Page, accountId: string) => AsyncIterable<Listed[keyof Listed]>;

async function* map<T, V>(items: AsyncIterable<T>, convert: (item: T) => V): AsyncIterable<V> {
  for await (const item of items) yield convert(item);
}

const CHARGE = "data.latest_charge.balance_transaction";

const WALKS: Record<keyof Listed, Walk> = {
  checkout: (stripe, page) => map(stripe.checkout.sessions.list(page), view.viewCheckout),
  payment: (stripe, page) => map(stripe.paymentIntents.list({ ...page, expand: [CHARGE] }), view.viewPayment),
  refund: (stripe, page) => map(stripe.refunds.list(page), view.viewRefund),
  dispute: (stripe, page) => map(stripe.disputes.list(page), view.viewDispute),
  transfer: (stripe, page) => map(stripe.transfers.list(page), view.viewTransfer),
  account: (stripe, page) => map(stripe.accounts.list(page), view.viewAccount),
  payout: (stripe, page, accountId) =>
    map(stripe.payouts.list(page, { stripeAccount: accountId }), (payout) => view.viewPayout(accountId, payout)),
};

/**
 * Walks all pages of one kind. Stripe's lists cannot filter by metadata (its search can, but lags by minutes and
 * knows no transfers), so the match is made here. Throws `PaymentError`; a payout list without an account: `invalid`.
 */
export async function* listFromStripe<K extends keyof Listed>(
  stripe: Stripe,
  kind: K,
  filter: ListFilter,
): AsyncIterable<Listed[K]> {
  if (kind === "payout" && !filter.accountId) throw new PaymentError("invalid", "account_missing");
  const page = { created: { gte: Math.floor(Date.parse(filter.since) / 1000) }, limit: 100 };
  const wanted = Object.entries(filter.metadata ?? {});
  try {
    for await (const item of WALKS[kind](stripe, page, filter.accountId ?? "")) {
      const metadata: Metadata = "metadata" in item ? item.metadata : {};
      if (wanted.every(([name, value]) => metadata[name] === value)) yield item as Listed[K];
    }
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) throw toPaymentError(`list ${kind}`, error);
    throw error;
  }
}
