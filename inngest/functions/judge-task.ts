import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { makePlaces } from "#server/kernel/places.ts";
import { abandonJudgement } from "#server/tasks/abandon-judgement.ts";
import { judgeTask } from "#server/tasks/judge-task.ts";
import { settleTask } from "#server/tasks/settle-task.ts";

/** Half of the embedded engine's jobs: it has no `concurrency`, and offers and timers must not wait for slow tests. */
const SLOW_AT_ONCE = 4;
const BUSY_MS = 1_000;

/** The quality gate: judge, then charge or give back. A gate that cannot judge costs nobody anything. */
export const judgeTaskFunction = (city: City) => {
  // Inngest holds no job of ours while a step runs.
  const total = city.config.inngest.kind === "embedded" ? SLOW_AT_ONCE : Number.POSITIVE_INFINITY;
  const places = makePlaces({ total, perKey: total });
  return city.inngest.createFunction(
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
      for (let look = 0; ; look++) {
        const verdict = await step.run(`judge-${look}`, () => judgeTask(city.ctx(), { taskId }, () => places("slow")));
        if (!verdict) return { status: "settled" };
        if (verdict !== "busy") return step.run("settle", () => settleTask(city.ctx(), { taskId, verdict }));
        await step.sleep(`wait-${look}`, BUSY_MS);
      }
    },
  );
};
