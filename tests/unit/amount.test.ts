import { expect, test } from "vitest";
import { parseDollars } from "../../app/_components/amount.ts";

test.each([
  ["12.50", 1_250],
  ["$ 12.5", 1_250],
  ["1,200", 120_000],
  ["1,234,567.89", 123_456_789],
  ["999999999", 99_999_999_900],
])("%s is an amount", (text, cents) => {
  expect(parseDollars(text)).toBe(cents);
});

test.each(["12,50", "1,2,3", "1,2345", ",500", "0,123.4.5", "1,00", "12.505", "a lot", ""])(
  "%j is none: a comma that groups no thousands may mean anything",
  (text) => {
    expect(parseDollars(text)).toBeNull();
  },
);
