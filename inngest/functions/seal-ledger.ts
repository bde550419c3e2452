import type { City } from "#server/city.ts";
import { sealLedger } from "#server/ledger/seal-ledger.ts";

/** Each minute: what was posted since joins the hash chain. */
export const sealLedgerFunction = (city: City) =>
  city.inngest.createFunction({ id: "seal-ledger", retries: 1, triggers: [{ cron: "* * * * *" }] }, async ({ step }) =>
    step.run("seal", () => sealLedger(city.ctx())),
  );
