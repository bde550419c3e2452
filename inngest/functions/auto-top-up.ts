import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { chargeAutoTopUp } from "#server/payments/charge-auto-top-up.ts";

/** Fills a pool from the saved card. A declined card is final; only a missing answer is retried. */
export const autoTopUpFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "auto-top-up", retries: 10, triggers: [on("payments/auto-top-up-requested")] },
    async ({ event, step }) => {
      const { topUpId } = event.data;
      return step.run("charge", () => chargeAutoTopUp(city.ctx(), { topUpId }));
    },
  );
