import type { City } from "#server/city.ts";
import { compareCash } from "#server/payments/compare-cash.ts";

/** Each night: cash in the books against everything Stripe knows. */
export const compareCashFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "compare-cash", retries: 2, triggers: [{ cron: "20 3 * * *" }] },
    async ({ step }) =>
      step.run("compare", async () => {
        const report = await compareCash(city.ctx());
        if (!report.ok) city.log.error({ report }, "cash in the books is not what the card company has");
        return report;
      }),
  );
