import { z } from "zod";
import { category } from "../agents/schema.ts";
import { pageInput, pageOf } from "../kernel/pages.ts";
import { streamOf } from "../kernel/streams.ts";

/** Bytes of all keys of `input` that are not ours. */
const EXTRA_INPUT_BYTES = 32_768;
/** Bytes of an output. */
const OUTPUT_BYTES = 1_048_576;
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
/** A NUL byte is valid JSON and cannot be stored as text. */
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes("\u0000"), "Must not contain NUL.");
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? "");

const known = {
  description: text(20_000).trim().min(1, "Say what is to be done."),
  repo: text(2_000).optional(),
  ref: text(255).optional(),
  repoToken: text(1_000).optional(),
  code: text(CODE_BYTES).optional(),
  files: z
    .array(z.strictObject({ path: text(1_000), content: text(CODE_BYTES) }))
    .max(500)
    .optional(),
  paths: z.array(text(1_000)).max(200).optional(),
  allowTests: z.boolean().optional(),
};

export const taskInput = z
  .looseObject(known)
  .refine(
    (input) => bytes(Object.fromEntries(Object.entries(input).filter(([key]) => !(key in known)))) <= EXTRA_INPUT_BYTES,
    { message: "Further keys may hold 32 kB in all." },
  )
  .refine((input) => !input.repo || (!input.code && !input.files), {
    message: "Give a repo, or code and files, not both.",
    path: ["repo"],
  })
  .refine((input) => !JSON.stringify(input).includes("\\u0000"), { message: "Must not contain NUL." });

export const submitTaskInput = z.strictObject({
  taskType: category,
  maxBudget: z
    .int("Whole cents, as a number.")
    .min(50, "At least 50 cents.")
    .max(1_000_000, "At most 1,000,000 cents."),
  input: taskInput,
  agentId: id.optional(),
});

export const taskIdInput = z.strictObject({ id });

export const quoteView = z.object({
  agentId: z.string().nullable(),
  displayName: z.string().nullable(),
  estimateCents: z.int().nullable(),
  ceilingCents: z.int(),
  eligibleAgents: z.int(),
  reason: z.string(),
});

export const disputeSummary = z.object({ id: z.string(), status: z.string(), reason: z.string() });

/** What the buyer sees. */
export const buyerTask = z
  .object({
    id: z.string(),
    taskType: category,
    status: taskStatus,
    input: z.record(z.string(), z.unknown()),
    agentId: z.string().nullable(),
    buyerAgentId: z.string().nullable(),
    maxBudget: z.int(),
    quotedCents: z.int().nullable(),
    creditsCharged: z.int().nullable(),
    output: z.string().nullable(),
    outputDetails: z.record(z.string(), z.unknown()).nullable(),
    qualityScore: z.int().nullable(),
    quality: z.record(z.string(), z.unknown()).nullable(),
    hasPatch: z.boolean(),
    executionTimeMs: z.int().nullable(),
    reportedExecutionTimeMs: z.int().nullable(),
    failureReason: failureReason.nullable(),
    errorMessage: z.string().nullable(),
    feedback: z.enum(["up", "down"]).nullable(),
    dispute: disputeSummary.nullable(),
    routing: z.record(z.string(), z.unknown()).nullable(),
    createdAt: z.iso.datetime(),
    routedAt: z.iso.datetime().nullable(),
    startedAt: z.iso.datetime().nullable(),
    completedAt: z.iso.datetime().nullable(),
    feedbackUntil: z.iso.datetime().nullable(),
    escrowReleasesAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "Task" });

/** What the seller sees; how much of `input` depends on the state. */
export const sellerTask = z
  .object({
    id: z.string(),
    taskType: category,
    status: taskStatus,
    input: z.looseObject({ description: z.string(), hasRepo: z.boolean(), redacted: z.boolean() }),
    quotedCents: z.int().nullable(),
    offeredAt: z.iso.datetime().nullable(),
    commitBy: z.iso.datetime().nullable(),
    startedAt: z.iso.datetime().nullable().optional(),
    deadlineAt: z.iso.datetime().nullable().optional(),
    output: z.string().nullable().optional(),
    qualityScore: z.int().nullable().optional(),
    quality: z.record(z.string(), z.unknown()).nullable().optional(),
    creditsCharged: z.int().nullable().optional(),
    earnedCents: z.int().nullable().optional(),
    failureReason: failureReason.nullable().optional(),
    feedback: z.enum(["up", "down"]).nullable().optional(),
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
  role: z.enum(["buyer", "seller"]).default("buyer"),
  ...pageInput,
});
export const taskPage = pageOf(taskView);
export const submittedTasks = z.array(sellerTask);

export const feedbackInput = z.strictObject({
  id,
  rating: z.enum(["up", "down"]),
  comment: text(2_000).optional(),
});

export const ratedTask = buyerTask.extend({ note: z.string().optional() }).meta({ id: "RatedTask" });
export const declinedTask = z.object({ id: z.string(), declined: z.literal(true) });

export const provisionedSandbox = z
  .object({
    sandboxId: z.string(),
    status: z.enum(["ready"]),
    repoPath: z.string(),
    expiresAt: z.iso.datetime(),
    quotedCents: z.int(),
    provider: z.string(),
  })
  .meta({ id: "ProvisionedSandbox" });

export const markExecutingInput = z.strictObject({ id, sandboxId: z.string().max(64) });

export const completeInput = z.strictObject({
  id,
  output: z.strictObject({
    result: z
      .unknown()
      .refine((value) => value !== undefined && value !== null && value !== "", "Give a result.")
      .refine((value) => bytes(value) <= OUTPUT_BYTES + 2, "At most 1 MB."),
    model: text(100).optional(),
    turns: z.int().min(0).max(1_000_000).optional(),
    toolCallCount: z.int().min(0).max(1_000_000).optional(),
    actualApiCostCents: z.number().min(0).max(1_000_000_000).optional(),
  }),
  qualityScore: z.number().min(0).max(100).optional(),
  executionTimeMs: z.number().min(0).max(1_000_000_000).optional(),
});

const why = { id, reason: text(200).trim().min(1), message: text(2_000).optional() };
export const failInput = z.strictObject(why);
export const appealInput = z.strictObject(why);
export const declineInput = z.strictObject({ ...why, reason: why.reason.default("declined") });

export const patchView = z.object({ patch: z.string(), truncated: z.boolean() });

export const taskEventView = z.object({
  id: z.string(),
  type: z.string(),
  at: z.iso.datetime(),
  /** The status that this led to; null where it stayed as it was. */
  status: taskStatus.nullable(),
  data: z.record(z.string(), z.unknown()),
});
export const taskEvents = z.array(taskEventView);
export const streamEventsInput = z.strictObject({
  id,
  /** Also the header Last-Event-ID. */
  lastEventId: z
    .string()
    .regex(/^\d{1,18}$/, "The id of an event.")
    .optional(),
});
export const taskEventStream = streamOf(taskEventView);
