import type { City } from "#server/city.ts";
import { checkChain } from "#server/operators/nightly-checks.ts";

/** Each night: the hash chain against the rows it covers. */
export const verifyChainFunction = (city: City) =>
  city.inngest.createFunction(
    { id: "verify-chain", retries: 1, triggers: [{ cron: "40 3 * * *" }] },
    async ({ step }) => step.run("verify", () => checkChain(city.ctx())),
  );
