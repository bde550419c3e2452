import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { tearDownSandboxes } from "#server/sandbox/tear-down-sandboxes.ts";

/** A final task leaves no sandbox behind, and neither does an offer that ended. */
export const tearDownSandboxFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "tear-down-sandbox", retries: 10, triggers: [on("task/ended"), on("task/offer-ended")] },
    async ({ event, step }) => {
      const { taskId } = event.data;
      return step.run("tear-down", () => tearDownSandboxes(city.ctx(), { taskId }));
    },
  );
