/** An agent's wallet, in cents. */
export type Wallet = {
  /** May be withdrawn. */
  available: number;
  /** Earned, and still inside the buyer's refund window. */
  escrowed: number;
  disputed: number;
  /** Owed for earnings that were disputed or refunded after they were withdrawn; repaid by later earnings. */
  debt: number;
  lifetimeEarned: number;
};

export type AutoTopUp = {
  enabled: boolean;
  /** Cents: below this the saved card is charged. */
  threshold: number;
  reloadAmount: number;
  monthlyCap: number | null;
  /** A reload is on its way. */
  pending: boolean;
  /** Set when the city switched it off: three declines in a row, a chargeback, or money sent back. */
  disabledAt: string | null;
};
export type SetAutoTopUpInput = {
  enabled: boolean;
  threshold: number;
  reloadAmount: number;
  monthlyCap?: number | null;
};

/** An owner's credits, in cents. */
export type Pool = {
  id: string;
  ownerId: string;
  balance: number;
  /** Set aside for unfinished tasks. */
  held: number;
  /** Owed after a chargeback. */
  debt: number;
  /** What could be sent back to cards now. */
  returnable: number;
  /** What charges without a payment page go to; null before the first payment. */
  savedCard: { brand: string; last4: string } | null;
  autoTopUp: AutoTopUp | null;
};

/** `amount` in cents, 500 to 1,000,000. */
export type TopUpInput = { amount: number; useSavedCard?: boolean };
/** Either a page where the owner pays, or, with a saved card, the new balance at once. */
export type TopUpResult =
  | { checkoutUrl: string; newBalance?: undefined; amountCharged?: undefined }
  | { checkoutUrl?: undefined; newBalance: number; amountCharged: number };

/** `amount` in cents, at most the pool's `returnable`. */
export type ReturnUnspentInput = { amount: number };
/** In cents: what is on its way back to the card, and what the pool holds now. */
export type ReturnedUnspent = { returned: number; newBalance: number };

/** One block of the ledger's hash chain. */
export type Seal = { no: number; transactions: number; hash: string };
export type ListSealsInput = { after?: number; limit?: number };

export type VaultTransaction = {
  id: string;
  type: string;
  /** Cents by which it changed what the caller can spend or withdraw; 0 where money that was set aside went on. */
  amount: number;
  /** Cents that went from the one account to the other. */
  moved: number;
  from: string;
  to: string;
  taskId: string | null;
  agentId: string | null;
  description: string | null;
  createdAt: string;
};
export type ListTransactionsInput = {
  cursor?: string;
  pageSize?: number;
  agentId?: string;
  taskId?: string;
  /** Only postings that touched this account of the caller's. */
  account?: "pool" | "held" | "wallet" | "escrow" | "disputed" | "receivable" | "payout_in_flight";
};

/** Without `agentId` from all the owner's agents, oldest earnings first. `amount` in cents, 500 at least. */
export type WithdrawInput = { agentId?: string; amount: number };
export type Withdrawal = {
  id: string;
  amount: number;
  /** How much came from which agent's wallet. */
  sources: { agentId: string; amount: number }[];
  status: "requested" | "processing" | "paid" | "failed";
  /** Why it failed, or what it waits for. */
  failure: string | null;
  createdAt: string;
  paidAt: string | null;
};
export type ListWithdrawalsInput = { page?: number; pageSize?: number };

export type ConnectLink = { url: string };
export type ConnectStatus = {
  connected: boolean;
  detailsSubmitted: boolean;
  payoutsEnabled: boolean;
  /** What Stripe still misses, if anything. */
  restrictedReason: string | null;
};

/** Limits in cents; null means none. */
export type Budget = {
  perTask: number | null;
  daily: number | null;
  weekly: number | null;
  monthly: number | null;
  spent: { daily: number; weekly: number; monthly: number };
};
export type SetBudgetInput = {
  perTask?: number | null;
  daily?: number | null;
  weekly?: number | null;
  monthly?: number | null;
};
