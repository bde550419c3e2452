import { integer, range, string } from "../parameters.ts";

/** What every list of Stripe's takes. */
export const LISTING = {
  limit: integer(1, 100),
  starting_after: string(),
  ending_before: string(),
  created: range(),
};
