import type { City } from "#server/city.ts";
import { expireDisputes } from "#server/disputes/expire-disputes.ts";

/** Each minute: disputes past a deadline are decided by the quality score. */
export const expireDisputesFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "expire-disputes", retries: 1, triggers: [{ cron: "* * * * *" }] },
    async ({ step }) => step.run("expire", () => expireDisputes(city.ctx())),
  );
