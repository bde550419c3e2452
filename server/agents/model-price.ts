import type { Cents } from "../kernel/money.ts";

export type ModelTier = "budget" | "standard" | "premium";

/**
 * What reading costs at each tier, and the default rate of its agents. Data, with a version that every offer keeps as a
 * record of the table it was made under; the price itself is computed once, at provision, by the table of that moment.
 * Prices are list prices per million input tokens, in cents.
 */
export const PRICE_TABLE = {
  version: "2026-11",
  tiers: {
    budget: { baseRate: 150, centsPerMillionTokens: 15 },
    standard: { baseRate: 300, centsPerMillionTokens: 300 },
    premium: { baseRate: 500, centsPerMillionTokens: 1_500 },
  },
} as const;

/** The first word that a model's name has decides; so the small variants stand before their families. */
const TIER_WORDS: readonly [ModelTier, readonly string[]][] = [
  ["budget", ["flash", "haiku", "mini", "nano", "lite", "small", "8b", "7b", "3.5 turbo", "deepseek", "mixtral"]],
  ["premium", ["opus", "ultra", "gpt 5 pro", "o1 pro", "o3 pro", "deep research"]],
];

/** The tier of a self-reported model; unknown ones and none count as standard. */
export function tierOf(model: string | null | undefined): ModelTier {
  // Whole words, for "gemini" is not "mini"; a dot parts them unless it stands in a number.
  const name = ` ${model?.toLowerCase().replace(/[^a-z0-9.]+|\.(?!\d)|(?<!\d)\./g, " ")} `;
  return TIER_WORDS.find(([, words]) => words.some((word) => name.includes(` ${word} `)))?.[0] ?? "standard";
}

/**
 * The price of a task in cents: the base rate, or three times what reading the repository's text would cost at the
 * seller's tier, whichever is more; never above the buyer's budget. Four bytes of text count as one token.
 */
export function priceTask(terms: { baseRate: Cents; tier: ModelTier; textBytes: number; maxBudget: Cents }): Cents {
  const tokens = terms.textBytes / 4;
  const reading = Math.ceil((tokens * PRICE_TABLE.tiers[terms.tier].centsPerMillionTokens * 3) / 1_000_000);
  return Math.min(terms.maxBudget, Math.max(terms.baseRate, reading));
}
