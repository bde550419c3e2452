import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { offerTask } from "#server/tasks/offer-task.ts";

/** Routing: offers a task to the best agent, and looks again until one is found or the task's patience is over. */
export const offerTaskFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "offer-task", retries: 10, triggers: [on("task/submitted"), on("task/offer-ended")] },
    async ({ event, step }) => {
      const { taskId } = event.data;
      for (let look = 0; ; look++) {
        const result = await step.run(`offer-${look}`, () => offerTask(city.ctx(), { taskId }));
        if (result.state !== "waiting") return result;
        await step.sleepUntil(`wait-${look}`, result.again);
      }
    },
  );
