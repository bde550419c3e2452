import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { cancelFrozenTasks } from "#server/payments/cancel-frozen-tasks.ts";

/** After a chargeback of credits already spent: cancels the owner's tasks that no agent has committed to. */
export const cancelFrozenTasksFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "cancel-frozen-tasks", retries: 10, triggers: [on("owner/frozen")] },
    async ({ event, step }) => {
      const { ownerId } = event.data;
      return step.run("cancel", () => cancelFrozenTasks(city.ctx(), { ownerId }));
    },
  );
