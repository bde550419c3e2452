import { expect, test } from "vitest";
import { refusalText } from "#server/payments/refusal-text.ts";
import { accountTrouble } from "../../app/(dashboard)/wallet/payout-words.ts";

test.each([
  ["requirements.past_due", true, "overdue"],
  ["rejected.fraud", true, "refused your account"],
  ["individual.verification.document", false, "identity document"],
  ["person_1Abc.dob.day", false, "a date of birth"],
  ["external_account", false, "a bank account"],
  ["something.new_next_year", false, "one more detail"],
])("what the card company calls %s is said in words, and as paused only when it is", (reason, paused, words) => {
  const trouble = accountTrouble(reason);
  expect(trouble.paused).toBe(paused);
  expect(trouble.sentence).toContain(words);
  expect(trouble.sentence.includes("paused your payouts")).toBe(paused);
  expect(trouble.sentence).not.toContain(reason);
});

test("a withdrawal's failure is a sentence, whether the bank gave one, a known code or an unknown one", () => {
  expect(refusalText("account_closed")).toBe("The bank account is closed.");
  expect(refusalText("new_code")).toBe("The payment was refused.");
  expect(refusalText("The account number is not right")).toBe("The account number is not right.");
});
