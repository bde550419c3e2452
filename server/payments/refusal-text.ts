/** Why a bank sent a payout back, where the payment company gives no sentence of its own. */
const BANK_REFUSALS: Record<string, string> = {
  account_closed: "The bank account is closed.",
  account_frozen: "The bank account is frozen.",
  bank_account_restricted: "The bank account takes no such payment.",
  bank_ownership_changed: "The bank account belongs to someone else now.",
  could_not_process: "The bank could not take the payment.",
  debit_not_authorized: "The bank does not allow it for this account.",
  declined: "The bank declined it.",
  incorrect_account_holder_name: "The name on the bank account is another one.",
  insufficient_funds: "The payment company could not cover it.",
  invalid_account_number: "The bank account number is not valid.",
  invalid_currency: "The bank account does not take US dollars.",
  no_account: "There is no such bank account.",
};

/** Why a withdrawal failed or waits, as its owner reads it: what is stored is a sentence already, or a code. */
export function refusalText(reason: string): string {
  const sentence = /^[a-z_]+$/.test(reason) ? (BANK_REFUSALS[reason] ?? "The payment was refused.") : reason;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
