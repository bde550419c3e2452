import type { City } from "#server/city.ts";
import { reconcileInTurn } from "#server/payments/reconcile.ts";

/** Every ten minutes: Stripe's lists against our rows, both ways. */
export const reconcilePaymentsFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "reconcile-payments", retries: 1, triggers: [{ cron: "*/10 * * * *" }] },
    async ({ step }) => step.run("reconcile", () => reconcileInTurn(city.ctx())),
  );
