import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { expireOffer } from "#server/tasks/expire-offer.ts";

/** Offer timeout. The deadline moves while a sandbox is made, so a look that comes early says when to look again. */
export const expireOfferFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "expire-offer", retries: 10, triggers: [on("task/offered")] },
    async ({ event, step }) => {
      const { taskId, offerId, commitBy } = event.data;
      let until = commitBy;
      for (let look = 0; ; look++) {
        await step.sleepUntil(`wait-${look}`, until);
        const result = await step.run(`expire-${look}`, () => expireOffer(city.ctx(), { taskId, offerId }));
        if (result.state === "settled") return result;
        until = result.until;
      }
    },
  );
