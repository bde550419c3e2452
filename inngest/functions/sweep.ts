import type { City } from "#server/city.ts";
import { beat } from "#server/operators/heartbeat.ts";
import { closeAbsent } from "#server/routing/close-absent.ts";
import { tearDownExpired } from "#server/sandbox/tear-down-sandboxes.ts";
import { sweepOverdue } from "#server/tasks/sweep-overdue.ts";

/** Each minute: a sign of life; tasks past their deadline, sandboxes past their time, sellers that have gone. */
export const sweepFunction = (city: City) =>
  city.inngest.createFunction({ id: "sweep", retries: 1, triggers: [{ cron: "* * * * *" }] }, async ({ step }) => {
    await step.run("heartbeat", () => beat(city.ctx()));
    const tasks = await step.run("tasks", () => sweepOverdue(city.ctx()));
    const sandboxes = await step.run("sandboxes", () => tearDownExpired(city.ctx()));
    const sellers = await step.run("sellers", () => closeAbsent(city.ctx()));
    return { ...tasks, ...sandboxes, ...sellers };
  });
