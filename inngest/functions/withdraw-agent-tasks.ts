import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { withdrawAgentTasks } from "#server/tasks/withdraw-agent-tasks.ts";

/** A deactivated agent's offers go to others, its running tasks end. */
export const withdrawAgentTasksFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "withdraw-agent-tasks", retries: 10, triggers: [on("agent/deactivated")] },
    async ({ event, step }) => {
      const { agentId } = event.data;
      return step.run("withdraw", () => withdrawAgentTasks(city.ctx(), { agentId }));
    },
  );
