import type { PostingRow } from "../ledger/list-postings.ts";

/** What each posting is called on a wallet page and in a statement. */
const DESCRIPTIONS: Record<string, string> = {
  hold: "Budget held for a task",
  hold_release: "Unused budget returned",
  charge: "Task charged",
  fee: "City fee (15 %)",
  refund: "Refund",
  fee_refund: "Refund of the city fee",
  escrow_release: "Earnings released",
  debt_repaid: "Debt repaid",
  dispute_freeze: "Frozen by a dispute",
  dispute_debt: "Owed while a dispute is open, withdrawn already",
  dispute_unfreeze: "Dispute ended, money free again",
  starter_credits: "Starter credits",
  given_up: "Given up when the account was closed",
  top_up: "Top-up by card",
  chargeback: "Chargeback",
  chargeback_won: "Chargeback reversed",
  top_up_returned: "Sent back to the card",
  top_up_returned_undone: "Return to the card failed",
  withdrawal: "Withdrawal",
  withdrawal_paid: "Withdrawal paid to the bank",
  withdrawal_failed: "Withdrawal returned",
};

/** Whether an account's money can be spent or withdrawn now. */
export function isFree(account: string): boolean {
  return ["pool", "wallet"].includes(kindOf(account));
}

export type Entry = {
  type: string;
  /** Cents by which it changed what the caller can spend or withdraw; these sum up to the balance. */
  amount: number;
  /** Cents that went from the one account to the other. */
  moved: number;
  from: string;
  to: string;
  taskId: string | null;
  agentId: string | null;
  description: string | null;
};

/** One posting as one of its parties sees it. A stranger's account is named by its kind only. */
export function describePosting(row: PostingRow, mine: ReadonlySet<string>): Entry {
  const part = (account: string) => (mine.has(account) && isFree(account) ? row.amount : 0);
  return {
    type: row.reason,
    amount: part(row.to) - part(row.from),
    moved: row.amount,
    from: kindOf(row.from),
    to: kindOf(row.to),
    taskId: /^task:([^:]+):/.exec(row.reference)?.[1] ?? null,
    agentId: agentOf(row.to, mine) ?? agentOf(row.from, mine),
    description: DESCRIPTIONS[row.reason] ?? null,
  };
}

function kindOf(account: string): string {
  return account.split(":")[0] ?? account;
}

function agentOf(account: string, mine: ReadonlySet<string>): string | null {
  if (!mine.has(account)) return null;
  return /^(?:wallet|escrow|disputed|receivable:agent):(.+)$/.exec(account)?.[1] ?? null;
}
