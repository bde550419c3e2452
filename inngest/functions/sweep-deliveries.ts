import type { City } from "#server/city.ts";
import { sendLateMails } from "#server/mail/send-late-mails.ts";
import { sweepDeliveries } from "#server/webhooks/sweep-deliveries.ts";

/** Every ten minutes: deliveries that nobody acts on, and those that are old; mails that have not left. */
export const sweepDeliveriesFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "sweep-deliveries", retries: 1, triggers: [{ cron: "*/10 * * * *" }] },
    async ({ step }) => {
      const deliveries = await step.run("deliveries", () => sweepDeliveries(city.ctx()));
      const mails = await step.run("mails", () => sendLateMails(city.ctx()));
      return { ...deliveries, ...mails };
    },
  );
