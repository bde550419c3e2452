import { actAt } from "#inngest/act-at.ts";
import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { expireOffer } from "#server/tasks/expire-offer.ts";

/** Offer timeout. The deadline moves while a sandbox is made. */
export const expireOfferFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "expire-offer", retries: 10, triggers: [on("task/offered")] },
    async ({ event, step }) => {
      const { taskId, offerId, commitBy } = event.data;
      return actAt(step, commitBy, () => expireOffer(city.ctx(), { taskId, offerId }));
    },
  );
