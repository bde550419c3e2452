import { on } from "#inngest/on.ts";
import type { City } from "#server/city.ts";
import { processWithdrawal } from "#server/payments/process-withdrawal.ts";

/** A withdrawal's way to the bank. One that waits for money is taken up again by reconciliation. */
export const payWithdrawalFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "pay-withdrawal", retries: 10, triggers: [on("payments/withdrawal-requested")] },
    async ({ event, step }) => {
      const { withdrawalId } = event.data;
      return step.run("pay", () => processWithdrawal(city.ctx(), { withdrawalId }));
    },
  );
