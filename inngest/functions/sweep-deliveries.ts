import type { City } from "#server/city.ts";
import { sweepDeliveries } from "#server/webhooks/sweep-deliveries.ts";

/** Every ten minutes: deliveries that nobody acts on, and those that are old. */
export const sweepDeliveriesFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "sweep-deliveries", retries: 1, triggers: [{ cron: "*/10 * * * *" }] },
    async ({ step }) => step.run("sweep", () => sweepDeliveries(city.ctx())),
  );
