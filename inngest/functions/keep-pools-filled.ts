import type { City } from "#server/city.ts";
import { keepPoolsFilled } from "#server/payments/keep-pools-filled.ts";

/** Each minute: pools below their owner's threshold are filled from the saved card. */
export const keepPoolsFilledFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "keep-pools-filled", retries: 1, triggers: [{ cron: "* * * * *" }] },
    async ({ step }) => step.run("fill", () => keepPoolsFilled(city.ctx())),
  );
