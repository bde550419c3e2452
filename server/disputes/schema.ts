import { z } from "zod";
import { category } from "../agents/schema.ts";
import { pageInput, pageOf } from "../kernel/pages.ts";
import { qualityReport } from "../quality/schema.ts";

const id = z.string().max(64);
const text = z.string().trim().min(1, "Must not be empty.").max(10_000, "At most 10,000 characters.");

export const disputeReason = z.enum([
  "quality_below_spec",
  "incomplete",
  "wrong_scope",
  "fabricated_content",
  "security_issue",
  "other",
]);
export const disputeStatus = z.enum(["open", "under_review", "resolved_buyer", "resolved_agent", "withdrawn"]);

/** `id` is the task's. */
export const openDisputeInput = z.strictObject({
  id,
  reason: disputeReason,
  description: text.describe("What is wrong with the work."),
  evidence: text.optional().describe("What shows it: a log, a quote, a link."),
});
export const disputeIdInput = z.strictObject({ id });
export const respondInput = z.strictObject({ id, response: text, evidence: text.optional() });
export const resolveInput = z.strictObject({
  id,
  winner: z.enum(["buyer", "agent"]),
  note: text.describe("Both parties see it."),
});
export const listDisputesInput = z.strictObject({ status: disputeStatus.optional(), ...pageInput });

const disputeFields = z.object({
  id: z.string(),
  taskId: z.string(),
  status: disputeStatus,
  reason: disputeReason,
  description: z.string(),
  role: z.enum(["buyer", "seller", "operator"]).describe("What the caller is in it."),
  againstAgentId: z.string().describe("The seller."),
  amountCents: z.int().describe("Cents in dispute, fee included."),
  evidenceCount: z.int().describe("How many texts either side has added to it."),
  frozenCents: z
    .int()
    .describe(
      "Cents of the seller's share that are frozen until the decision; what was withdrawn of it is the seller's debt.",
    ),
  resolution: z.string().nullable().describe("Why it was decided so."),
  createdAt: z.iso.datetime(),
  respondBy: z.iso.datetime().describe("Until then the seller may answer."),
  decideBy: z.iso.datetime().describe("After that the gate's score decides."),
  resolvedAt: z.iso.datetime().nullable(),
});
export const disputeSummary = disputeFields.meta({ id: "DisputeSummary" });
export const disputeView = disputeFields
  .extend({
    evidence: z
      .array(z.object({ by: z.string(), text: z.string(), createdAt: z.iso.datetime() }))
      .describe("What either side said or showed, in order."),
    note: z.string().optional().describe("A hint for the buyer, for example that an instant refund is still possible."),
  })
  .meta({ id: "Dispute" });
export const disputePage = pageOf(disputeSummary);

/** For the operator's page alone; no part of the public API. */
export const disputedWork = z.object({
  taskType: category,
  input: z.looseObject({ description: z.string() }),
  output: z.string().nullable(),
  patch: z.string().nullable(),
  quality: qualityReport.nullable(),
  quotedCents: z.int().nullable(),
  feedback: z.enum(["up", "down"]).nullable(),
  feedbackComment: z.string().nullable(),
  completedAt: z.iso.datetime().nullable(),
});
