import { actAt } from "#inngest/act-at.ts";
import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { expireExecution } from "#server/tasks/expire-execution.ts";

/** Execution timeout: a seller that committed and does not deliver. */
export const expireExecutionFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "expire-execution", retries: 10, triggers: [on("task/started")] },
    async ({ event, step }) => {
      const { taskId, deadlineAt } = event.data;
      return actAt(step, deadlineAt, () => expireExecution(city.ctx(), { taskId }));
    },
  );
