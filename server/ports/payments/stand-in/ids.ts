import { randomInt } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** An id in Stripe's form: `pi_…`, `cs_test_…`. Unguessable, which is what protects the hosted pages. */
export function stripeId(prefix: string): string {
  const length = prefix === "cs_test" ? 58 : prefix === "acct" ? 16 : 24;
  let random = "";
  for (let i = 0; i < length; i++) random += ALPHABET[randomInt(ALPHABET.length)];
  return `${prefix}_${random}`;
}
