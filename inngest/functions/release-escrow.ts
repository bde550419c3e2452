import type { City } from "#server/city.ts";
import { releaseTaskEscrow } from "#server/tasks/release-escrow.ts";

/** Escrow release: the seller's share becomes available when the buyer's time to object is over. */
export const releaseEscrowFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "release-escrow", retries: 10, triggers: [{ event: "task/completed" }] },
    async ({ event, step }) => {
      const { taskId, escrowReleasesAt } = event.data as { taskId: string; escrowReleasesAt: string };
      await step.sleepUntil("wait", escrowReleasesAt);
      return step.run("release", () => releaseTaskEscrow(city.ctx(), { taskId }));
    },
  );
