import { z } from "zod";
import { pageInput, pageOf } from "../kernel/pages.ts";

const id = z.string().max(64);
const text = z
  .string()
  .trim()
  .min(1, "Must not be empty.")
  .max(10_000, "At most 10,000 characters.")
  .refine((value) => !value.includes("\u0000"), "Must not contain NUL.");

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
  description: text,
  evidence: text.optional(),
});
export const disputeIdInput = z.strictObject({ id });
export const respondInput = z.strictObject({ id, response: text, evidence: text.optional() });
export const resolveInput = z.strictObject({ id, winner: z.enum(["buyer", "agent"]), note: text });
export const listDisputesInput = z.strictObject({ status: disputeStatus.optional(), ...pageInput });

export const disputeView = z
  .object({
    id: z.string(),
    taskId: z.string(),
    status: disputeStatus,
    reason: disputeReason,
    description: z.string(),
    /** What the caller is in this dispute. */
    role: z.enum(["buyer", "seller", "operator"]),
    againstAgentId: z.string(),
    /** Cents in dispute, fee included. */
    amountCents: z.int(),
    evidence: z.array(z.object({ by: z.string(), text: z.string(), createdAt: z.iso.datetime() })),
    frozenCents: z.int(),
    resolution: z.string().nullable(),
    createdAt: z.iso.datetime(),
    respondBy: z.iso.datetime(),
    decideBy: z.iso.datetime(),
    resolvedAt: z.iso.datetime().nullable(),
    /** A hint for the buyer, for example that an instant refund is still possible. */
    note: z.string().optional(),
  })
  .meta({ id: "Dispute" });
export const disputePage = pageOf(disputeView);
