/** Money is integer US cents everywhere. JavaScript's safe integers hold 90 trillion dollars, PostgreSQL's bigint more. */
export type Cents = number;

/** The city's share of a charge: 15 %, rounded half up to the cent. */
export const FEE_PERCENT = 15;

/**
 * Splits a charge (cents) into the city's fee and the seller's share; the two always add up to the charge. For tests
 * and benchmarks, which predict what the city books: that is decided by `ledger.fee_of` in the database alone.
 */
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

/** What an amount may be, in cents, bounds included. The API refuses any other; forms say the same in dollars. */
export const AMOUNTS = {
  budget: { least: 50, most: 1_000_000 },
  price: { least: 1, most: 1_000_000 },
  spendingLimit: { least: 1, most: 100_000_000 },
  topUp: { least: 500, most: 1_000_000 },
  threshold: { least: 0, most: 1_000_000 },
  monthlyCap: { least: 500, most: 100_000_000 },
  withdrawal: { least: 500, most: 100_000_000 },
  /** May be what many top-ups have brought, as a withdrawal may be what many tasks have earned. */
  sentBack: { least: 1, most: 100_000_000 },
} as const;

export type Bounds = { least: Cents; most: Cents };
