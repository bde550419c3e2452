import type { City } from "#server/city.ts";
import { checkCash } from "#server/operators/nightly-checks.ts";
import { reconcileLateOutcomes } from "#server/payments/reconcile.ts";

/** Each night: what ended late at Stripe, then cash in the books against everything Stripe knows. */
export const compareCashFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "compare-cash", retries: 2, triggers: [{ cron: "20 3 * * *" }] },
    async ({ step }) => {
      await step.run("late outcomes", () => reconcileLateOutcomes(city.ctx()));
      return step.run("compare", () => checkCash(city.ctx()));
    },
  );
