import type { Cents } from "#server/kernel/money.ts";

/**
 * The card company as the city needs it. Plain values only: cents, ids, ISO times.
 *
 * Rules for callers
 * - Every call that writes takes a `key`, made from the id of the intent row that was committed before the call.
 *   The same key with the same values returns the first answer; it never acts twice.
 * - Every method throws `PaymentError`; its `kind`, `outcome` and `replayed` tell what may be done next.
 * - A definite refusal is remembered under its key for a day or more: to try again later, use a new key
 *   (`<row id>:2`), and only then. When the outcome is unknown, repeat with the same key, or look with `list`.
 * - `metadata` carries our row's id, so that `list` can find what an unanswered call has done.
 */
export interface PaymentsPort {
  /** Which part answers; `/ready` shows it. `live` is true only for real money. */
  readonly adapter: { name: "stripe" | "stripe-stand-in"; live: boolean };

  createCustomer(input: { email: string; name?: string; metadata: Metadata }, key: string): Promise<{ id: string }>;
  /** Removes a customer with name, address and cards; payments stay. One that is gone already is no error. */
  deleteCustomer(id: string): Promise<void>;

  /** Opens a hosted page on which the customer pays `amountCents`; the card is kept for later charges without them. */
  createCheckout(input: CheckoutInput, key: string): Promise<Checkout>;
  getCheckout(id: string): Promise<Checkout>;

  /** The newest card kept for later charges, or null. */
  getSavedCard(customerId: string): Promise<SavedCard | null>;
  /**
   * Charges a saved card while the customer is away. Throws `declined` with the bank's reason when it says no, and with
   * `no_saved_card` when there is none. A declined payment exists too, as `failed`, and `list` returns it.
   */
  chargeSavedCard(input: SavedCardCharge, key: string): Promise<Payment>;
  getPayment(id: string): Promise<Payment>;

  /** Sends money of one payment back to its card; the sum of refunds never exceeds the payment. */
  refund(input: { paymentId: string; amountCents: Cents; metadata: Metadata }, key: string): Promise<Refund>;
  getRefund(id: string): Promise<Refund>;
  getDispute(id: string): Promise<CardDispute>;

  /** A seller's Express account, paying out only when we say so. */
  createAccount(input: { email: string; country?: string; metadata: Metadata }, key: string): Promise<ConnectAccount>;
  /** A hosted onboarding page for one use within minutes; never e-mailed, made anew under a new key at each click. */
  createAccountLink(
    input: { accountId: string; refreshUrl: string; returnUrl: string },
    key: string,
  ): Promise<AccountLink>;
  getAccount(id: string): Promise<ConnectAccount>;

  /** Moves money from the city's balance to a seller's. Throws `insufficient_balance` when the city's is too low. */
  createTransfer(input: TransferInput, key: string): Promise<Transfer>;
  getTransfer(id: string): Promise<Transfer>;
  /** Takes (part of) a transfer back; throws `insufficient_balance` when the seller's balance no longer covers it. */
  reverseTransfer(
    input: { transferId: string; amountCents: Cents; metadata: Metadata },
    key: string,
  ): Promise<Transfer>;

  /** Pays from a seller's balance to their bank. The outcome comes days later: `paid` or `failed`. */
  createPayout(input: { accountId: string; amountCents: Cents; metadata: Metadata }, key: string): Promise<Payout>;
  getPayout(accountId: string, id: string): Promise<Payout>;

  /** US dollars only. Without an account: the city's own balance. */
  getBalance(accountId?: string): Promise<Balance>;

  /** Everything created since a time (newest first), for reconciliation; `metadata` keeps only exact matches. */
  list<K extends keyof Listed>(kind: K, filter: ListFilter): AsyncIterable<Listed[K]>;

  /**
   * Checks a webhook's signature over the raw body (tolerance 300 s, any of the configured secrets).
   * The result is a hint: read the object again before acting. Throws `invalid` with reason `signature`.
   */
  verifyEvent(rawBody: string | Uint8Array, signatureHeader: string): PaymentEvent;
}

export type Metadata = Record<string, string>;

export type CheckoutInput = {
  customerId: string;
  amountCents: Cents;
  /** One line the payer sees. */
  description: string;
  /** `{CHECKOUT_SESSION_ID}` in it is replaced by the session's id. */
  successUrl: string;
  cancelUrl: string;
  /** Also put on the payment, so that either leads to our row. */
  metadata: Metadata;
};

export type Checkout = {
  id: string;
  /** Where to send the payer; null once paid or expired. */
  url: string | null;
  status: "open" | "complete" | "expired";
  paid: boolean;
  amountCents: Cents;
  customerId: string | null;
  paymentId: string | null;
  metadata: Metadata;
  createdAt: string;
};

/** What people tell cards apart by. */
export type CardLabel = { brand: string; last4: string };

export type SavedCard = CardLabel & { id: string; expMonth: number; expYear: number };

export type SavedCardCharge = {
  customerId: string;
  /** Without it: the newest saved card; a repeat after the customer changed cards then meets `idempotency`. */
  cardId?: string;
  amountCents: Cents;
  description: string;
  metadata: Metadata;
};

export type Payment = {
  id: string;
  status: "succeeded" | "processing" | "requires_action" | "failed" | "canceled";
  amountCents: Cents;
  /** What has arrived; 0 until it succeeds. */
  receivedCents: Cents;
  refundedCents: Cents;
  disputed: boolean;
  /** The card company's fee, null while it is not known. Always the city's to bear. */
  feeCents: Cents | null;
  customerId: string | null;
  chargeId: string | null;
  /** The card that was charged; null where there was none, or the charge was not read. */
  card: CardLabel | null;
  /** The bank's reason of the last refusal, for example `insufficient_funds`. */
  declineCode: string | null;
  metadata: Metadata;
  createdAt: string;
};

export type Refund = {
  id: string;
  paymentId: string | null;
  amountCents: Cents;
  status: "pending" | "requires_action" | "succeeded" | "failed" | "canceled";
  failureReason: string | null;
  metadata: Metadata;
  createdAt: string;
};

export type CardDispute = {
  id: string;
  paymentId: string | null;
  chargeId: string;
  amountCents: Cents;
  /** `lost`: the money is gone for good; `won`: it came back; everything else is undecided and the money is withheld. */
  status: "open" | "won" | "lost";
  /** Only an inquiry so far: nothing has been taken from the balance. */
  inquiry: boolean;
  reason: string;
  createdAt: string;
};

export type ConnectAccount = {
  id: string;
  chargesEnabled: boolean;
  payoutsEnabled: boolean;
  /** The owner has finished the hosted form; it may still be under review. */
  detailsSubmitted: boolean;
  /** Transfers to it are accepted. */
  transfersActive: boolean;
  /** Facts the card company waits for, its field names; non-empty means: send the owner through a new link. */
  requirementsDue: string[];
  /** Why the account is restricted, or null. */
  disabledReason: string | null;
  restricted: boolean;
  metadata: Metadata;
  createdAt: string;
};

export type AccountLink = { url: string; expiresAt: string };

export type TransferInput = {
  accountId: string;
  amountCents: Cents;
  /** Ties the transfer to what funded it. */
  transferGroup: string;
  description?: string;
  metadata: Metadata;
};

export type Transfer = {
  id: string;
  accountId: string;
  amountCents: Cents;
  reversedCents: Cents;
  transferGroup: string | null;
  metadata: Metadata;
  createdAt: string;
};

export type Payout = {
  id: string;
  accountId: string;
  amountCents: Cents;
  status: "pending" | "in_transit" | "paid" | "failed" | "canceled";
  failureCode: string | null;
  failureMessage: string | null;
  /** The expected day at the bank. */
  arrivesAt: string;
  metadata: Metadata;
  createdAt: string;
};

export type Balance = { availableCents: Cents; pendingCents: Cents };

export type Listed = {
  checkout: Checkout;
  payment: Payment;
  refund: Refund;
  dispute: CardDispute;
  transfer: Transfer;
  payout: Payout;
  account: ConnectAccount;
};

export type ListFilter = {
  /** ISO time, inclusive, whole seconds. */
  since: string;
  metadata?: Metadata;
  /** Required for payouts: they live on the seller's account. */
  accountId?: string;
};

export type PaymentEvent = {
  id: string;
  /** For example `checkout.session.completed`, `payout.paid`, `account.updated`. */
  type: string;
  objectId: string;
  /** The seller's account the event happened on, when not the city's own. */
  accountId: string | null;
  createdAt: string;
  live: boolean;
};
