/** `12.5`, `$12.50`, `1,200` → cents. Null when it is not an amount of money. */
export function parseDollars(text: string): number | null {
  const plain = text.trim().replace(/^\$/, "").replaceAll(",", "").trim();
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

/** Cents as one would type them into a field. */
export function typedDollars(cents: number): string {
  return (cents / 100).toFixed(2);
}

export const NOT_AN_AMOUNT = "Write an amount in dollars, such as 12.50.";
