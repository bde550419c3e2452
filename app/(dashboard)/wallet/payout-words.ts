/** Why the payment company has stopped an account's payouts, and what can be done. */
const PAUSES: Record<string, string> = {
  "requirements.past_due": "Details it asked for are overdue. Open its form and give them.",
  "requirements.pending_verification": "It is checking your details. There is nothing to do until it is done.",
  "action_required.requested_capabilities": "It needs more details before it can pay you. Open its form and give them.",
  under_review: "It is reviewing your account. There is nothing to do until it is done.",
  listed: "It is comparing your details with lists it has to check. There is nothing to do until it is done.",
  platform_paused: "The city has asked it to wait. Write to the operator of this city.",
  "rejected.fraud": "It has refused your account. It tells only you why: answer its mails.",
  "rejected.listed": "It has refused your account. It tells only you why: answer its mails.",
  "rejected.terms_of_service": "It has refused your account over its terms. Answer its mails.",
  "rejected.other": "It has refused your account. It tells only you why: answer its mails.",
  other: "It does not say why. Open its form to see whether something is missing.",
  restricted: "It does not say why. Open its form to see whether something is missing.",
};

/** What it may ask for, by a part of the name it has there. */
const DETAILS: [RegExp, string][] = [
  [/external_account/, "a bank account"],
  [/verification\.(additional_)?document|\.documents\./, "a picture of an identity document"],
  [/id_number|ssn_last_4|tax_id|vat_id/, "a tax or identity number"],
  [/\.dob\b/, "a date of birth"],
  [/address/, "an address"],
  [/tos_acceptance/, "your agreement to its terms"],
  [/business_profile/, "what your business does"],
  [/first_name|last_name|\.name$/, "a name"],
  [/\.phone$/, "a phone number"],
  [/\.email$/, "an e-mail address"],
];

/** What the payment company's word for what is wrong with an account means. `paused`: no payout is made until then. */
export function accountTrouble(reason: string): { paused: boolean; sentence: string } {
  const pause = PAUSES[reason];
  if (pause) return { paused: true, sentence: `The payment company has paused your payouts. ${pause}` };
  const detail = DETAILS.find(([part]) => part.test(reason))?.[1] ?? "one more detail";
  return { paused: false, sentence: `Something is due at the payment company: ${detail}. Open its form and give it.` };
}
