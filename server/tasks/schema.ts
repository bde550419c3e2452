import { z } from "zod";
import { category } from "../agents/schema.ts";
import { disputeReason, disputeStatus } from "../disputes/schema.ts";
import { centsWithin } from "../kernel/cents.ts";
import { AMOUNTS } from "../kernel/money.ts";
import { pageInput, pageOf } from "../kernel/pages.ts";
import { streamOf } from "../kernel/streams.ts";
import { qualityReport } from "../quality/schema.ts";

/** Bytes of all keys of `input` that are not ours. */
const EXTRA_INPUT_BYTES = 32_768;
/** Bytes of an output. */
export const OUTPUT_BYTES = 1_048_576;
const CODE_BYTES = 1_048_576;

export const taskStatus = z.enum([
  "submitted",
  "routing",
  "executing",
  "quality_check",
  "completed",
  "refunded",
  "failed",
]);
export const failureReason = z.enum([
  "no_agent_available",
  "agent_unresponsive",
  "declined",
  "agent_failed",
  "execution_timeout",
  "repo_unavailable",
  "quality_gate",
  "cancelled",
  "platform_error",
]);

const id = z.string().max(64);
const text = (max: number) => z.string().max(max);
/** Bytes of a text, or of a value as JSON. */
const bytes = (value: unknown) => Buffer.byteLength(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

const known = {
  description: text(20_000).trim().min(1, "Say what is to be done.").describe("What is to be done."),
  repo: text(2_000).optional().describe("https address of a git repository on an allowed host."),
  ref: text(255).optional().describe("Branch, tag or commit; the default branch unless told."),
  repoToken: text(1_000).optional().describe("For a private repository. Kept encrypted, never shown to anyone."),
  code: text(CODE_BYTES)
    .optional()
    .describe("Code to work on, instead of a repository. The seller finds it as `code.txt`."),
  files: z
    .array(z.strictObject({ path: text(1_000), content: text(CODE_BYTES) }))
    .max(500)
    .optional()
    .describe("Files to work on, instead of a repository, by relative path."),
  paths: z.array(text(1_000)).max(200).optional().describe("Where in the repository to look."),
  allowTests: z.boolean().optional().describe("Lets the gate run the repository's own tests, in a sandbox."),
};

export const taskInput = z
  .looseObject(known)
  .refine(
    (input) =>
      bytes(Object.fromEntries(Object.entries(input).filter(([key]) => !Object.hasOwn(known, key)))) <=
      EXTRA_INPUT_BYTES,
    { message: "Further keys may hold 32 kB in all." },
  )
  .refine((input) => !input.repo || (!input.code && !input.files), {
    message: "Give a repo, or code and files, not both.",
    path: ["repo"],
  });

export const submitTaskInput = z.strictObject({
  taskType: category,
  maxBudget: centsWithin(AMOUNTS.budget).describe("Cents: held now, never exceeded, charged only if the gate passes."),
  input: taskInput,
  agentId: id.optional().describe("Hire this agent instead of letting the city choose."),
});

/** Of what the buyer gave, all but the token. */
const shown = {
  description: z.string(),
  repo: z.string().optional(),
  ref: z.string().optional(),
  code: z.string().optional(),
  files: z.array(z.object({ path: z.string(), content: z.string() })).optional(),
  paths: z.array(z.string()).optional(),
  allowTests: z.boolean().optional(),
};

export const taskIdInput = z.strictObject({ id });

export const quoteView = z.object({
  agentId: z.string().nullable().describe("Who would be chosen now; null when nobody is eligible."),
  displayName: z.string().nullable(),
  estimateCents: z.int().nullable(),
  ceilingCents: z.int().describe("The most this task can cost: binding."),
  eligibleAgents: z.int(),
  reason: z.string().describe("Why this agent, or why none."),
});

export const disputeSummary = z.object({ id: z.string(), status: disputeStatus, reason: disputeReason });

const PATCH_TRUNCATED = "The changes exceeded 1 MB: whole files at the end of the diff were left out.";

/** What the buyer sees. */
export const buyerTask = z
  .object({
    id: z.string(),
    taskType: category,
    status: taskStatus,
    input: z
      .looseObject(shown)
      .describe("As it was given; the token is never shown, and lists leave out `code` and `files`."),
    agentId: z.string().nullable().describe("The seller; null while nobody is chosen."),
    buyerAgentId: z.string().nullable().describe("Null when an owner submitted it."),
    maxBudget: z.int().describe("Cents."),
    quotedCents: z.int().nullable().describe("The price in cents, known once the sandbox is provisioned."),
    creditsCharged: z.int().nullable().describe("Cents, once the gate has passed."),
    output: z.string().nullable().describe("Always text; a JSON result as JSON text. Null unless it was paid for."),
    outputDetails: z.record(z.string(), z.unknown()).nullable().describe("What else the seller reported."),
    qualityScore: z.int().nullable().describe("0 to 100."),
    quality: qualityReport.nullable(),
    hasPatch: z.boolean().describe("Whether there is a diff to fetch."),
    patchTruncated: z.boolean().describe(PATCH_TRUNCATED),
    executionTimeMs: z.int().nullable().describe("From commitment to delivery, by the city's clock."),
    reportedExecutionTimeMs: z.int().nullable().describe("As the seller claims it."),
    failureReason: failureReason.nullable(),
    errorMessage: z.string().nullable().describe("For people."),
    feedback: z.enum(["up", "down"]).nullable(),
    feedbackComment: z.string().nullable().describe("What the buyer said with it."),
    dispute: disputeSummary.nullable(),
    routing: z.record(z.string(), z.unknown()).nullable().describe("Why this seller: inputs, draw and reason."),
    createdAt: z.iso.datetime(),
    routedAt: z.iso.datetime().nullable().describe("When it was first offered."),
    startedAt: z.iso.datetime().nullable().describe("When a seller committed."),
    completedAt: z.iso.datetime().nullable(),
    feedbackUntil: z.iso.datetime().nullable().describe("Until then a thumb down refunds at once."),
    escrowReleasesAt: z.iso.datetime().nullable().describe("When the seller may withdraw the money."),
  })
  .meta({ id: "Task" });

const redactedInput = {
  description: z.string(),
  hasRepo: z.boolean().describe("Whether there is code, in whatever form."),
  redacted: z.boolean().describe("Whether keys are held back until the commitment."),
};

/** What an agent sees before it commits. */
const offeredTask = z
  .object({
    id: z.string(),
    taskType: category,
    status: taskStatus,
    input: z.object(redactedInput),
    quotedCents: z.int().nullable().describe("The price in cents, known once the sandbox is provisioned."),
    offeredAt: z.iso.datetime().nullable(),
    commitBy: z.iso.datetime().nullable().describe("Commit by then, or the offer goes to the next agent."),
  })
  .meta({ id: "OfferedTask" });

/** What the seller sees from the commitment on; the buyer's further keys only while it works. */
export const sellerTask = offeredTask
  .extend({
    input: z.looseObject(redactedInput),
    startedAt: z.iso.datetime().nullable().optional(),
    deadlineAt: z.iso.datetime().nullable().optional().describe("While working: when the output has to be there."),
    output: z.string().nullable().optional(),
    patchTruncated: z.boolean().optional().describe(PATCH_TRUNCATED),
    qualityScore: z.int().nullable().optional(),
    quality: qualityReport.nullable().optional(),
    creditsCharged: z.int().nullable().optional().describe("Cents."),
    earnedCents: z.int().nullable().optional().describe("Cents: the charge less the city's fee."),
    failureReason: failureReason.nullable().optional(),
    feedback: z.enum(["up", "down"]).nullable().optional(),
    feedbackComment: z.string().nullable().optional().describe("What the buyer said with it."),
    dispute: disputeSummary.nullable().optional(),
    completedAt: z.iso.datetime().nullable().optional(),
    escrowReleasesAt: z.iso.datetime().nullable().optional(),
  })
  .meta({ id: "SellerTask" });

/** Each party gets its own view of the same task. */
export const taskView = z.union([buyerTask, sellerTask]);

export const listTasksInput = z.strictObject({
  status: taskStatus.optional(),
  taskType: category.optional(),
  role: z
    .enum(["buyer", "seller"])
    .optional()
    .describe("What the caller bought, or what it was hired for; both without it."),
  ...pageInput,
});
export const taskPage = pageOf(taskView);
export const transcriptInput = z.strictObject({ id, ...pageInput });
export const transcriptEntry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    command: z
      .string()
      .nullable()
      .describe("At most 4,000 characters of it. Null for the buyer until the work is paid for, like the output."),
    cwd: z.string().nullable().describe("Null: the repository's folder."),
    exitCode: z.int().describe("128 + signal when killed by one; 137 after a time-out; -1 where no answer came."),
    durationMs: z.int(),
    stdoutBytes: z.int().describe("As answered to the seller, so at most the sandbox's limit."),
    stderrBytes: z.int(),
    timedOut: z.boolean(),
    truncated: z.boolean(),
  })
  .meta({ id: "TranscriptEntry" });
export const transcriptPage = pageOf(transcriptEntry);
export const submittedTasks = z.array(offeredTask);

export const feedbackInput = z.strictObject({
  id,
  rating: z.enum(["up", "down"]),
  comment: text(2_000).optional(),
});

export const ratedTask = buyerTask
  .extend({ note: z.string().optional().describe("What else is open to the buyer, for example a dispute.") })
  .meta({ id: "RatedTask" });
export const declinedTask = z.object({ id: z.string(), declined: z.literal(true) });

export const provisionedSandbox = z
  .object({
    sandboxId: z.string(),
    status: z.enum(["ready"]),
    repoPath: z.string().describe("Where the repository lies."),
    expiresAt: z.iso.datetime().describe("It is destroyed then, whatever happens."),
    quotedCents: z.int().describe("What the buyer is charged if the gate passes."),
    provider: z.string().describe("What kind of sandbox it is."),
  })
  .meta({ id: "ProvisionedSandbox" });

export const markExecutingInput = z.strictObject({ id, sandboxId: z.string().max(64) });

export const completeInput = z.strictObject({
  id,
  output: z.strictObject({
    result: z
      .unknown()
      .refine((value) => value !== undefined && value !== null && value !== "", "Give a result.")
      .refine((value) => bytes(value) <= OUTPUT_BYTES, "At most 1 MB.")
      .describe("Text or JSON, up to 1 MB."),
    model: text(100).optional(),
    turns: z.int().min(0).max(1_000_000).optional(),
    toolCallCount: z.int().min(0).max(1_000_000).optional(),
    actualApiCostCents: z.number().min(0).max(1_000_000_000).optional(),
  }),
  qualityScore: z.number().min(0).max(100).optional().describe("Your own opinion: recorded, never used."),
  executionTimeMs: z.number().min(0).max(1_000_000_000).optional().describe("Your own figure: recorded, never used."),
});

const why = {
  id,
  reason: text(200).trim().min(1).describe("In a word or two."),
  message: text(2_000).optional().describe("The whole story, for people."),
};
export const failInput = z.strictObject(why);
export const appealInput = z.strictObject(why);
export const declineInput = z.strictObject({ ...why, reason: why.reason.default("declined") });

export const patchView = z.object({
  patch: z.string().describe("What `git apply` takes; empty when nothing was changed."),
  truncated: z.boolean().describe(PATCH_TRUNCATED),
});

export const taskEventView = z.object({
  id: z.string().describe("The stored sequence, to resume from."),
  type: z.string(),
  at: z.iso.datetime(),
  status: taskStatus.nullable().describe("The status that this led to; null where it stayed as it was."),
  data: z.record(z.string(), z.unknown()),
});
export const taskEvents = z.array(taskEventView);
export const streamEventsInput = z.strictObject({
  id,
  lastEventId: z
    .string()
    .regex(/^\d{1,18}$/, "The id of an event.")
    .optional()
    .describe("The last event received; the header of that name says the same."),
});
export const taskEventStream = streamOf(taskEventView);
