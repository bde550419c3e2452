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

export const overdueTasks = z.array(
  z.object({ id: z.string(), status: z.string(), agentId: z.string().nullable(), deadlineAt: z.iso.datetime() }),
);

export const platformErrors = z.array(
  z.object({
    id: z.string(),
    agentId: z.string().nullable(),
    at: z.iso.datetime(),
    message: z.string().nullable(),
  }),
);

export const operatorPayouts = z.array(
  z.object({
    id: z.string(),
    ownerId: z.string(),
    amount: z.int().describe("Cents."),
    status: z.enum(["requested", "processing", "paid", "failed"]),
    failure: z.string().nullable().describe("Why it failed, or what it waits for."),
    transferId: z.string().nullable().describe("The card company's."),
    payoutId: z.string().nullable().describe("The card company's."),
    createdAt: z.iso.datetime(),
  }),
);

export const stuckRuns = z.array(
  z.object({
    id: z.string(),
    work: z.string().describe("Which of the city's functions, without the app's name that Inngest puts before it."),
    state: z.enum(["failed", "retrying", "stalled"]),
    error: z.string().nullable(),
    tries: z.int().describe("Failed tries of the step it is at."),
    since: z.iso.datetime(),
  }),
);

export const repeatRunInput = z.object({ id: z.string().min(1).max(64).describe("The run, as the list names it.") });

export const repeatedRun = z.object({ id: z.string() });

export const heartbeatView = z.object({
  at: z.iso.datetime().nullable().describe("As the city's time. Null before the first minute."),
  late: z.boolean(),
  heldUp: z.int().describe("Events that were tried several times and could not be handed over."),
});
