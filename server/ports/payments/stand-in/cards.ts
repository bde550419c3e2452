/** Why a card does not pay. */
export type CardFailure = { code: string; decline_code?: string; message: string };

export type TestCard = {
  number: string;
  brand: string;
  /** Paying in person on the hosted page. */
  present: CardFailure | null;
  /** Charged later, without the card holder. */
  absent: CardFailure | null;
  /** The bank takes the money back right after. */
  chargedBack?: boolean;
};

const declined = (decline_code: string, message = "Your card was declined."): CardFailure => ({
  code: "card_declined",
  decline_code,
  message,
});

const GENERIC = declined("generic_decline");
const AUTHENTICATE: CardFailure = {
  code: "authentication_required",
  decline_code: "authentication_required",
  message: "Your card was declined. This transaction requires authentication.",
};

const always = (number: string, brand: string, failure: CardFailure | null): TestCard => ({
  number,
  brand,
  present: failure,
  absent: failure,
});

/**
 * Stripe's well-known test cards, as far as the city has a use for them. One differs on purpose: Stripe declines
 * 0341 on the hosted page too; here it pays there and fails afterwards, so that a person can see a saved card fail.
 */
export const TEST_CARDS: readonly TestCard[] = [
  always("4242424242424242", "visa", null),
  always("4000000000000077", "visa", null),
  always("5555555555554444", "mastercard", null),
  always("378282246310005", "amex", null),
  always("6011111111111117", "discover", null),
  always("4000000000000002", "visa", GENERIC),
  always("4000000000009995", "visa", declined("insufficient_funds", "Your card has insufficient funds.")),
  always("4000000000009987", "visa", declined("lost_card")),
  always("4000000000000069", "visa", { code: "expired_card", message: "Your card has expired." }),
  always("4000000000000127", "visa", { code: "incorrect_cvc", message: "Your card's security code is incorrect." }),
  always("4000000000000119", "visa", {
    code: "processing_error",
    message: "An error occurred while processing your card. Try again in a little bit.",
  }),
  { number: "4000000000000341", brand: "visa", present: null, absent: GENERIC },
  { number: "4000002760003184", brand: "visa", present: null, absent: AUTHENTICATE },
  { number: "4000000000000259", brand: "visa", present: null, absent: null, chargedBack: true },
];

export type CardInput = { number: string; expMonth: number; expYear: number; cvc: string; name: string | null };

/** Checks what was typed and finds the test card; otherwise the sentence to show beside the field. */
export function readCard(
  typed: { number: string; expiry: string; cvc: string; name: string },
  nowSeconds: number,
): { card: TestCard; input: CardInput } | { field: "number" | "expiry" | "cvc"; message: string } {
  const number = typed.number.replace(/[\s-]/g, "");
  if (!/^\d{13,19}$/.test(number)) return { field: "number", message: "Your card number is incomplete." };
  const card = TEST_CARDS.find((known) => known.number === number);
  if (!card) return { field: "number", message: "Only test cards are accepted here, for example 4242 4242 4242 4242." };
  const expiry = /^\s*(\d{1,2})\s*\/\s*(?:20)?(\d{2})\s*$/.exec(typed.expiry);
  const [expMonth, expYear] = [Number(expiry?.[1]), 2000 + Number(expiry?.[2])];
  if (!expiry || expMonth < 1 || expMonth > 12)
    return { field: "expiry", message: "Enter the expiry date as MM / YY." };
  const now = new Date(nowSeconds * 1000);
  if (expYear * 12 + expMonth < now.getUTCFullYear() * 12 + now.getUTCMonth() + 1) {
    return { field: "expiry", message: "Your card's expiry date is in the past." };
  }
  if (!/^\d{3,4}$/.test(typed.cvc.trim())) return { field: "cvc", message: "Your security code has 3 or 4 digits." };
  const name = typed.name.trim().slice(0, 200) || null;
  return { card, input: { number, expMonth, expYear, cvc: typed.cvc, name } };
}
