import { type Bounds, formatCents } from "#server/kernel/money.ts";

/** `12.5`, `$12.50`, `1,200` → cents. Null for anything else: in `12,50` the comma is not guessed at. */
export function parseDollars(text: string): number | null {
  const match = /^\$?\s*(\d{1,3}(?:,\d{3}){1,2}|\d{1,9})(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (!match) return null;
  const [, dollars = "", cents = ""] = match;
  return Number(dollars.replaceAll(",", "")) * 100 + Number(cents.padEnd(2, "0"));
}

/** Cents as one would type them into a field. */
export function typedDollars(cents: number): string {
  return (cents / 100).toFixed(2);
}

const NOT_AN_AMOUNT = "Write an amount in dollars, such as 12.50.";

/** What is wrong with an amount that was typed, in the dollars it was typed in; undefined when nothing is. */
export function amountProblem(cents: number | null, { least, most }: Bounds): string | undefined {
  if (cents === null) return NOT_AN_AMOUNT;
  if (cents < least) return `At least ${formatCents(least)}.`;
  return cents > most ? `At most ${formatCents(most)}.` : undefined;
}
