/** The objects the stand-in keeps, in Stripe's field names, as far as the city reads them. Times are Unix seconds. */
type Common<Kind extends string> = { id: string; object: Kind; created: number; livemode: false };
type Metadata = Record<string, string>;

export type Customer = Common<"customer"> & {
  email: string | null;
  name: string | null;
  description: string | null;
  metadata: Metadata;
};

/** What Stripe shows of a customer that was removed; nothing else is left of it. */
export type DeletedCustomer = { id: string; object: "customer"; deleted: true };

export type PaymentMethod = Common<"payment_method"> & {
  type: "card";
  customer: string | null;
  billing_details: { name: string | null; email: string | null };
  card: { brand: string; last4: string; exp_month: number; exp_year: number; funding: "credit"; country: "US" };
  metadata: Metadata;
};

export type CheckoutSession = Common<"checkout.session"> & {
  mode: "payment";
  ui_mode: "hosted_page";
  status: "open" | "complete" | "expired";
  payment_status: "unpaid" | "paid";
  amount_subtotal: number;
  amount_total: number;
  currency: "usd";
  customer: string | null;
  customer_email: string | null;
  client_reference_id: string | null;
  payment_intent: string | null;
  payment_method_types: ["card"];
  success_url: string;
  cancel_url: string | null;
  url: string | null;
  expires_at: number;
  metadata: Metadata;
};

export type PaymentIntent = Common<"payment_intent"> & {
  amount: number;
  amount_received: number;
  currency: "usd";
  customer: string | null;
  description: string | null;
  payment_method: string | null;
  payment_method_types: ["card"];
  latest_charge: string | null;
  last_payment_error: Record<string, unknown> | null;
  setup_future_usage: "off_session" | "on_session" | null;
  status: "requires_payment_method" | "succeeded" | "canceled";
  transfer_group: string | null;
  metadata: Metadata;
};

export type Charge = Common<"charge"> & {
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  balance_transaction: string | null;
  captured: boolean;
  currency: "usd";
  customer: string | null;
  description: string | null;
  disputed: boolean;
  failure_code: string | null;
  failure_message: string | null;
  paid: boolean;
  payment_intent: string;
  payment_method: string;
  payment_method_details: { type: "card"; card: { brand: string; last4: string } };
  refunded: boolean;
  status: "succeeded" | "failed";
  metadata: Metadata;
};

export type Refund = Common<"refund"> & {
  amount: number;
  balance_transaction: string | null;
  charge: string;
  currency: "usd";
  payment_intent: string;
  reason: string | null;
  status: "succeeded" | "failed";
  failure_reason: string | null;
  metadata: Metadata;
};

export type Dispute = Common<"dispute"> & {
  amount: number;
  charge: string;
  currency: "usd";
  payment_intent: string;
  reason: string;
  status: "needs_response" | "won" | "lost";
  balance_transactions: unknown[];
  is_charge_refundable: boolean;
  metadata: Metadata;
};

export type Account = Common<"account"> & {
  type: "express";
  country: string;
  default_currency: "usd";
  email: string | null;
  business_type: string | null;
  capabilities: { transfers: "active" | "inactive" | "pending" };
  charges_enabled: boolean;
  payouts_enabled: boolean;
  details_submitted: boolean;
  requirements: {
    currently_due: string[];
    eventually_due: string[];
    past_due: string[];
    pending_verification: string[];
    disabled_reason: string | null;
    current_deadline: null;
    errors: { code: string; reason: string; requirement: string }[];
  };
  external_accounts: { object: "list"; data: BankAccount[]; has_more: false; url: string };
  settings: { payouts: { schedule: { interval: string; delay_days: number }; debit_negative_balances: boolean } };
  metadata: Metadata;
};

export type BankAccount = {
  id: string;
  object: "bank_account";
  account: string;
  bank_name: string;
  country: string;
  currency: "usd";
  last4: string;
  routing_number: string;
  status: "new" | "errored";
};

export type Transfer = Common<"transfer"> & {
  amount: number;
  amount_reversed: number;
  balance_transaction: string;
  currency: "usd";
  description: string | null;
  destination: string;
  destination_payment: string;
  reversed: boolean;
  reversals: { object: "list"; data: TransferReversal[]; has_more: false; url: string };
  source_type: "card";
  transfer_group: string | null;
  metadata: Metadata;
};

export type TransferReversal = Common<"transfer_reversal"> & {
  amount: number;
  balance_transaction: string;
  currency: "usd";
  transfer: string;
  metadata: Metadata;
};

export type Payout = Common<"payout"> & {
  amount: number;
  arrival_date: number;
  automatic: false;
  balance_transaction: string;
  currency: "usd";
  description: string | null;
  destination: string;
  failure_balance_transaction: string | null;
  failure_code: string | null;
  failure_message: string | null;
  method: "standard";
  source_type: "card";
  statement_descriptor: string | null;
  status: "pending" | "in_transit" | "paid" | "failed";
  type: "bank_account";
  metadata: Metadata;
};

export type BalanceTransaction = Common<"balance_transaction"> & {
  amount: number;
  available_on: number;
  currency: "usd";
  description: string | null;
  fee: number;
  net: number;
  source: string;
  status: "available" | "pending";
  type: string;
};

export type StripeEvent = Omit<Common<"event">, "livemode"> & {
  livemode: false;
  account?: string;
  api_version: string;
  data: { object: unknown };
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
};

/** One use of the hosted onboarding; its id is the secret part of the link. */
export type AccountLink = Common<"account_link"> & { account: string; expires_at: number };

export type Objects = {
  customer: Customer;
  "customer.deleted": DeletedCustomer;
  payment_method: PaymentMethod;
  "checkout.session": CheckoutSession;
  payment_intent: PaymentIntent;
  charge: Charge;
  refund: Refund;
  dispute: Dispute;
  account: Account;
  account_link: AccountLink;
  transfer: Transfer;
  transfer_reversal: TransferReversal;
  payout: Payout;
  balance_transaction: BalanceTransaction;
  event: StripeEvent;
};

export type Kind = keyof Objects;
export type AnyObject = Exclude<Objects[Kind], DeletedCustomer>;
