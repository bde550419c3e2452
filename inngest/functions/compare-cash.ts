import type { City } from "#server/city.ts";
import { checkCash } from "#server/operators/nightly-checks.ts";

/** Each night: cash in the books against everything Stripe knows. */
export const compareCashFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "compare-cash", retries: 2, triggers: [{ cron: "20 3 * * *" }] },
    async ({ step }) => step.run("compare", () => checkCash(city.ctx())),
  );
