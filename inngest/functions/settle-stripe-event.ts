import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { handleStripeEvent } from "#server/payments/handle-stripe-event.ts";

/** What a verified Stripe webhook calls for; the object is read again from Stripe. */
export const settleStripeEventFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "settle-stripe-event", retries: 10, triggers: [on("stripe/event-received")] },
    async ({ event, step }) => {
      const { eventId } = event.data;
      return step.run("handle", () => handleStripeEvent(city.ctx(), { eventId }));
    },
  );
