import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { abandonJudgement } from "#server/tasks/abandon-judgement.ts";
import { judgeTask } from "#server/tasks/judge-task.ts";
import { settleTask } from "#server/tasks/settle-task.ts";

/** The quality gate: judge, then charge or give back. A gate that cannot judge costs nobody anything. */
export const judgeTaskFunction = (city: City) =>
  city.inngest.createFunction(
    {
      id: "judge-task",
      retries: 2,
      triggers: [on("task/delivered")],
      onFailure: async ({ event, step }) => {
        const { taskId } = event.data.event.data;
        const why = event.data.error.message;
        await step.run("abandon", () => abandonJudgement(city.ctx(), { taskId, why }));
      },
    },
    async ({ event, step }) => {
      const { taskId } = event.data;
      const verdict = await step.run("judge", () => judgeTask(city.ctx(), { taskId }));
      if (!verdict) return { status: "settled" };
      return step.run("settle", () => settleTask(city.ctx(), { taskId, verdict }));
    },
  );
