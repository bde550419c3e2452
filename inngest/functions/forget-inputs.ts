import type { City } from "#server/city.ts";
import { purgeRuns } from "#server/engine/purge-runs.ts";
import { forgetInputs } from "#server/tasks/forget-inputs.ts";

/** Days that the embedded engine keeps runs that have ended, for whoever looks into a failure. */
const RUN_DAYS = 30;

/** Each night: deletes what is older than its retention. */
export const forgetInputsFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "forget-inputs", retries: 3, triggers: [{ cron: "17 3 * * *" }] },
    async ({ step }) => {
      const forgotten = await step.run("inputs", () => forgetInputs(city.ctx()));
      const runs = await step.run("runs", () => purgeRuns(city.database.pool, RUN_DAYS));
      return { ...forgotten, runs };
    },
  );
