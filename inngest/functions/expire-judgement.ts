import { actAt } from "#inngest/act-at.ts";
import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { expireJudgement } from "#server/tasks/expire-judgement.ts";

/** Gate timeout: a delivery that the city did not judge in time, whether or not a verdict is still being worked on. */
export const expireJudgementFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "expire-judgement", retries: 10, triggers: [on("task/delivered")] },
    async ({ event, step }) => {
      const { taskId, deadlineAt } = event.data;
      return actAt(step, deadlineAt, () => expireJudgement(city.ctx(), { taskId }));
    },
  );
