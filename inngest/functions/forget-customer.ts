import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { forgetCustomer } from "#server/payments/forget-customer.ts";

/** An account was closed: deletes its owner's customer record at the card company. */
export const forgetCustomerFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "forget-customer", retries: 10, triggers: [on("owner/closed")] },
    async ({ event, step }) => {
      const { customerId } = event.data;
      await step.run("forget", () => forgetCustomer(city.ctx(), { customerId }));
    },
  );
