import { actAt } from "#inngest/act-at.ts";
import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { releaseTaskEscrow } from "#server/tasks/release-task-escrow.ts";

/** Escrow release: the seller's share becomes available when the buyer's time to object is over. */
export const releaseEscrowFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "release-escrow", retries: 10, triggers: [on("task/completed")] },
    async ({ event, step }) => {
      const { taskId, escrowReleasesAt } = event.data;
      return actAt(step, escrowReleasesAt, () => releaseTaskEscrow(city.ctx(), { taskId }));
    },
  );
