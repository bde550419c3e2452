/** What a long run must have seen accepted, besides the plain refusals. */
export const MOVES = [
  ...["submit", "provision", "start", "complete well", "complete badly", "decline", "cancel", "giveUp"],
  ...["timed out: agent_unresponsive", "timed out: execution_timeout", "cancelled by freeze", "released by the timer"],
  ...["rate up", "rate down", "rate down in time", "dispute", "respond", "withdraw dispute", "decided by the score"],
  ...["resolve for the buyer", "resolve for the agent", "same key again", "withdraw", "payout paid", "payout failed"],
  ...["payout returned by the bank", "top-up through the payment page", "top-up by saved card", "chargeback"],
  ...["chargeback won", "chargeback lost", "send back to the card", "return refused by the bank"],
  ...["thumbs-down", "release", "dispute", "decision"].flatMap((window) =>
    ["T-1 ms", "T", "T+1 ms"].map((moment) => `${window} at ${moment}`),
  ),
];

/** Money edges: from which kind of account to which, and why. Each must have been travelled in a long run. */
export const EDGES = [
  "cash → pool top_up",
  "pool → receivable debt_repaid",
  "pool → held hold",
  "held → pool hold_release",
  "held → escrow charge",
  "held → fees fee",
  "escrow → wallet escrow_release",
  "escrow → pool refund",
  "fees → pool fee_refund",
  "escrow → disputed dispute_freeze",
  "wallet → disputed dispute_freeze",
  "receivable → disputed dispute_debt",
  "disputed → escrow dispute_unfreeze",
  "disputed → wallet dispute_unfreeze",
  "disputed → receivable debt_repaid",
  "disputed → pool refund",
  "escrow → receivable debt_repaid",
  "wallet → receivable debt_repaid",
  "wallet → payout_in_flight withdrawal",
  "payout_in_flight → cash withdrawal_paid",
  "payout_in_flight → wallet withdrawal_failed",
  "cash → wallet withdrawal_failed",
  "pool → cash chargeback",
  "receivable → cash chargeback",
  "cash → pool chargeback_won",
  "pool → cash top_up_returned",
  "cash → pool top_up_returned_undone",
];
