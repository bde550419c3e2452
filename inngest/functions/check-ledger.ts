import type { City } from "#server/city.ts";
import { checkLately } from "#server/ledger/check-lately.ts";

/** Each minute: the ledger's invariants. A violation is an error in the log and on the operator's page. */
export const checkLedgerFunction = (city: City) =>
  city.inngest.createFunction({ id: "check-ledger", retries: 0, triggers: [{ cron: "* * * * *" }] }, async ({ step }) =>
    step.run("check", async () => {
      const report = await checkLately(city.ctx());
      const broken = report.results.filter(({ ok }) => !ok);
      for (const result of broken) city.log.error({ invariant: result }, "the ledger breaks a promise");
      return { ok: report.ok, broken: broken.map(({ no }) => no) };
    }),
  );
