import { z } from "zod";

/** Checks of the books that read everything there ever was, and so run by night: their last results. */
export const nightlyChecks = z.array(
  z.object({
    what: z.enum(["cash", "chain"]),
    ok: z.boolean(),
    checkedAt: z.iso.datetime(),
    /** Figures by name; money in cents. */
    facts: z.record(z.string(), z.number()),
    problems: z.array(z.string()),
  }),
);

export const ledgerReportView = z.object({
  ok: z.boolean(),
  results: z.array(
    z.object({
      no: z.int(),
      name: z.string(),
      ok: z.boolean(),
      violations: z.int(),
      examples: z.array(z.string()),
    }),
  ),
  /** Cash against the card company, and the hash chain. None before the first night. */
  nightly: nightlyChecks,
});
