import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { sendReturn } from "#server/payments/send-return.ts";

/** Unspent card money on its way back to its card. */
export const returnTopUpFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "return-top-up", retries: 10, triggers: [on("payments/return-requested")] },
    async ({ event, step }) => step.run("refund", () => sendReturn(city.ctx(), event.data)),
  );
