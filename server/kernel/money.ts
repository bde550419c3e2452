/** Money is integer US cents everywhere. JavaScript's safe integers hold 90 trillion dollars, PostgreSQL's bigint more. */
export type Cents = number;

/** The city's share of a charge: 15 %, rounded half up to the cent. */
export const FEE_PERCENT = 15;

/** Splits a charge (cents) into the city's fee and the seller's share; the two always add up to the charge. */
export function splitCharge(charge: Cents): { fee: Cents; seller: Cents } {
  const fee = Math.floor((charge * FEE_PERCENT + 50) / 100);
  return { fee, seller: charge - fee };
}

/** `1234` → `$12.34`, `-5` → `-$0.05`. */
export function formatCents(cents: Cents): string {
  const sign = cents < 0 ? "-" : "";
  const whole = Math.floor(Math.abs(cents) / 100).toLocaleString("en-US");
  return `${sign}$${whole}.${String(Math.abs(cents) % 100).padStart(2, "0")}`;
}
