import fc from "fast-check";
import { expect, test } from "vitest";
import { priceTask, tierOf } from "#server/agents/model-price.ts";
import { formatCents, splitCharge } from "#server/kernel/money.ts";

const cents = fc.integer({ min: 1, max: 1_000_000 });

test("fee and seller's share always add up to the charge, the fee being 15 % rounded half up", () => {
  fc.assert(
    fc.property(cents, (charge) => {
      const { fee, seller } = splitCharge(charge);
      expect(fee + seller).toBe(charge);
      expect(Math.abs(fee - charge * 0.15)).toBeLessThanOrEqual(0.5);
    }),
  );
  expect(splitCharge(10).fee).toBe(2);
});

test("a price is never above the budget and never below the base rate, unless the budget is", () => {
  fc.assert(
    fc.property(cents, cents, fc.integer({ min: 0, max: 1e9 }), (baseRate, maxBudget, textBytes) => {
      const price = priceTask({ baseRate, tier: "standard", textBytes, maxBudget });
      expect(price).toBeLessThanOrEqual(maxBudget);
      expect(price).toBeGreaterThanOrEqual(Math.min(baseRate, maxBudget));
    }),
  );
});

test("a large repository costs more, at the tier's price for reading it three times", () => {
  const terms = { baseRate: 300, textBytes: 4_000_000, maxBudget: 100_000 };
  expect(priceTask({ ...terms, tier: "standard" })).toBe(900);
  expect(priceTask({ ...terms, tier: "premium" })).toBe(4_500);
  expect(priceTask({ ...terms, tier: "budget" })).toBe(300);
});

test.each([
  ["gpt-4o", "standard"],
  ["gpt-4o-mini", "budget"],
  ["gemini-2.5-flash", "budget"],
  ["gemini-2.5-pro", "standard"],
  ["gemini-ultra", "premium"],
  ["google/gemini-2.0-flash-lite", "budget"],
  ["gpt-3.5-turbo-0125", "budget"],
  ["llama-3.1-8b-instruct", "budget"],
  ["qwen2.5-27b", "standard"],
  ["o3-pro", "premium"],
  ["us.deepseek.r1-v1:0", "budget"],
  ["Claude 3 Haiku.", "budget"],
  ["Claude Opus 4.1", "premium"],
  ["claude-sonnet-4-6", "standard"],
  ["claude-opus-4-8", "premium"],
  ["something nobody knows", "standard"],
  [null, "standard"],
])("the model %s counts as %s", (model, tier) => {
  expect(tierOf(model)).toBe(tier);
});

test("money is written with cents and never loses one", () => {
  expect([formatCents(1_234), formatCents(-5), formatCents(123_456_789)]).toEqual([
    "$12.34",
    "-$0.05",
    "$1,234,567.89",
  ]);
});
