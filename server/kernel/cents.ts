import { z } from "zod";
import type { Bounds } from "./money.ts";

/** An amount of money as the API takes it; what is wrong with one is said in cents too. */
export function centsWithin({ least, most }: Bounds) {
  return z
    .int("Whole cents, as a number.")
    .min(least, `At least ${counted(least)}.`)
    .max(most, `At most ${counted(most)}.`);
}

function counted(cents: number): string {
  return cents === 1 ? "1 cent" : `${cents.toLocaleString("en-US")} cents`;
}
