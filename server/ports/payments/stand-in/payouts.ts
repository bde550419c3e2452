import { moveMoney } from "./balances.ts";
import { refused } from "./errors.ts";
import { recordEvent } from "./events.ts";
import { takeFault } from "./faults.ts";
import type { Payout } from "./objects.ts";
import { setBankAside, TEST_BANKS } from "./onboarding.ts";
import { find, hiddenOf, save } from "./store.ts";
import { type Call, PLATFORM } from "./world.ts";

const MESSAGES: Record<string, string> = {
  no_account: "The bank account could not be located.",
  account_closed: "The bank account has been closed.",
  insufficient_funds: "The account has insufficient funds to cover the payout.",
  debit_not_authorized: "Debit transactions are not approved on this bank account.",
  could_not_process: "The bank could not process this payout.",
};

/** `automatic`: what the bank account's number decides. The others: what the control door decides. */
type Settlement = "automatic" | "paid" | { failed: string };

/**
 * Ends a payout. A failed one puts the money back on the seller's balance. A bank may also send money back after
 * `paid`, days later; only `failed` is final. Settling one that is settled already changes nothing.
 */
export async function settlePayout(call: Call, payoutId: string, settlement: Settlement): Promise<Payout> {
  const account = await accountOf(call, payoutId);
  const seller: Call = { ...call, account };
  const payout = await find(seller, "payout", payoutId, { lock: true });
  const failure =
    settlement === "automatic" ? await bankSays(seller, account) : settlement === "paid" ? null : settlement.failed;
  if (payout.status === "failed" || (payout.status === "paid" && settlement === "automatic")) return payout;
  if (failure === null) {
    if (payout.status === "paid") return payout;
    const paid = await save<Payout>(seller, { ...payout, status: "paid" });
    await recordEvent(seller, "payout.paid", paid);
    return paid;
  }
  return failPayout(seller, payout, failure);
}

async function failPayout(seller: Call, payout: Payout, code: string): Promise<Payout> {
  const entry = await moveMoney(seller, {
    account: seller.account,
    amount: payout.amount,
    type: "payout_failure",
    source: payout.id,
  });
  const failed = await save<Payout>(seller, {
    ...payout,
    status: "failed",
    failure_code: code,
    failure_message: MESSAGES[code] ?? "The payout failed.",
    failure_balance_transaction: entry.id,
  });
  await recordEvent(seller, "payout.failed", failed);
  if (code in MESSAGES && code !== "could_not_process") {
    await setBankAside({ ...seller, account: PLATFORM }, seller.account, failed.failure_message ?? "");
  }
  return failed;
}

async function bankSays(seller: Call, accountId: string): Promise<string | null> {
  const fault = await takeFault(seller, "payout_failed");
  if (fault) return fault.options.code ?? "could_not_process";
  const { bankNumber } = await hiddenOf(seller, accountId);
  return TEST_BANKS[String(bankNumber)]?.failure ?? null;
}

async function accountOf(call: Call, payoutId: string): Promise<string> {
  const { rows } = await call.db.query<{ account: string }>(
    "select account from stripe_stand_in.object where id = $1 and kind = 'payout'",
    [payoutId],
  );
  if (!rows[0]) throw refused(`No such payout: '${payoutId}'`, "resource_missing");
  return rows[0].account;
}
