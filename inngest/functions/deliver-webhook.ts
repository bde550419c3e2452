import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { attemptDelivery } from "#server/webhooks/attempt-delivery.ts";

/** One webhook delivery from its first attempt to its last. Each is a step; the city's own schedule says when. */
export const deliverWebhookFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "deliver-webhook", retries: 10, triggers: [on("webhook/queued")] },
    async ({ event, step }) => {
      const { deliveryId } = event.data;
      for (let look = 0; ; look++) {
        const result = await step.run(`attempt-${look}`, () => attemptDelivery(city.ctx(), { deliveryId, look }));
        if (result.state === "settled") return result;
        await step.sleepUntil(`wait-${look}`, result.until);
      }
    },
  );
