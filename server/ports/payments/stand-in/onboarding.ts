import { refused } from "./errors.ts";
import { recordEvent } from "./events.ts";
import { stripeId } from "./ids.ts";
import type { Account, BankAccount } from "./objects.ts";
import { find, save, setHidden } from "./store.ts";
import type { Call } from "./world.ts";

/** Stripe's test bank accounts: the number decides what becomes of a payout. */
export const TEST_BANKS: Record<string, { failure: string | null; label: string }> = {
  "000123456789": { failure: null, label: "payouts succeed" },
  "000111111116": { failure: "no_account", label: "payouts fail: no such account" },
  "000111111113": { failure: "account_closed", label: "payouts fail: account closed" },
  "000222222227": { failure: "insufficient_funds", label: "payouts fail: insufficient funds" },
  "000333333335": { failure: "debit_not_authorized", label: "payouts fail: not authorised" },
};

export const UNFINISHED = ["external_account", "individual.first_name", "individual.last_name", "tos_acceptance.date"];

type Onboarding = {
  bankNumber: string;
  /** The account is refused further payouts until a document is mended. */
  restricted?: boolean;
};

/** The owner has filled in the hosted form. Doing it again replaces the bank account and lifts restrictions. */
export async function finishOnboarding(call: Call, accountId: string, form: Onboarding): Promise<Account> {
  if (!TEST_BANKS[form.bankNumber])
    throw refused("Only test bank accounts are accepted here.", "account_number_invalid");
  const account = await find(call, "account", accountId, { lock: true });
  const bank: BankAccount = {
    id: stripeId("ba"),
    object: "bank_account",
    account: account.id,
    bank_name: "STRIPE TEST BANK",
    country: account.country,
    currency: "usd",
    last4: form.bankNumber.slice(-4),
    routing_number: "110000000",
    status: "new",
  };
  await setHidden(call, account.id, { bankNumber: form.bankNumber });
  const finished: Account = {
    ...account,
    details_submitted: true,
    external_accounts: { ...account.external_accounts, data: [bank] },
  };
  return form.restricted ? restrict(call, finished, DOCUMENT) : enable(call, finished);
}

const DOCUMENT = {
  requirement: "individual.verification.document",
  code: "verification_document_failed_copy",
  reason: "The image of the identity document could not be read.",
};

async function enable(call: Call, account: Account): Promise<Account> {
  const enabled = await save<Account>(call, {
    ...account,
    capabilities: { transfers: "active" },
    charges_enabled: true,
    payouts_enabled: true,
    requirements: {
      ...account.requirements,
      currently_due: [],
      eventually_due: [],
      past_due: [],
      disabled_reason: null,
      errors: [],
    },
  });
  await recordEvent(call, "account.updated", enabled, enabled.id);
  return enabled;
}

/** Stripe stops an account: no transfers in, no payouts out, until the requirement is met. */
async function restrict(
  call: Call,
  account: Account,
  error: Account["requirements"]["errors"][number],
): Promise<Account> {
  const due = [error.requirement];
  const restricted = await save<Account>(call, {
    ...account,
    capabilities: { transfers: "inactive" },
    charges_enabled: false,
    payouts_enabled: false,
    requirements: {
      ...account.requirements,
      currently_due: due,
      eventually_due: due,
      past_due: due,
      disabled_reason: "requirements.past_due",
      errors: [error],
    },
  });
  await recordEvent(call, "account.updated", restricted, restricted.id);
  return restricted;
}

export async function restrictAccount(call: Call, accountId: string): Promise<Account> {
  return restrict(call, await find(call, "account", accountId, { lock: true }), DOCUMENT);
}

/** After a payout came back, the bank account is set aside: transfers still arrive, payouts wait for another one. */
export async function setBankAside(call: Call, accountId: string, reason: string): Promise<void> {
  const account = await find(call, "account", accountId, { lock: true });
  const data = account.external_accounts.data.map((bank) => ({ ...bank, status: "errored" as const }));
  const changed = await save<Account>(call, {
    ...account,
    payouts_enabled: false,
    external_accounts: { ...account.external_accounts, data },
    requirements: {
      ...account.requirements,
      currently_due: ["external_account"],
      past_due: ["external_account"],
      errors: [{ requirement: "external_account", code: "invalid_external_account", reason }],
    },
  });
  await recordEvent(call, "account.updated", changed, changed.id);
}
