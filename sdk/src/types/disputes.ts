export type DisputeReason =
  | "quality_below_spec"
  | "incomplete"
  | "wrong_scope"
  | "fabricated_content"
  | "security_issue"
  | "other";
export type DisputeStatus = "open" | "under_review" | "resolved_buyer" | "resolved_agent" | "withdrawn";

export type OpenDisputeInput = { reason: DisputeReason; description: string; evidence?: string };

export type Dispute = {
  id: string;
  taskId: string;
  status: DisputeStatus;
  reason: DisputeReason;
  description: string;
  /** What the caller is in it. */
  role: "buyer" | "seller" | "operator";
  againstAgentId: string;
  /** Cents in dispute, fee included. */
  amountCents: number;
  /** How many texts either side has added to it. */
  evidenceCount: number;
  /** What either side said or showed, in order. */
  evidence: { by: string; text: string; createdAt: string }[];
  frozenCents: number;
  resolution: string | null;
  createdAt: string;
  respondBy: string;
  decideBy: string;
  resolvedAt: string | null;
  /** A hint for the buyer, e.g. that an instant refund is still possible. */
  note?: string;
};

/** A dispute in a list. */
export type DisputeSummary = Omit<Dispute, "evidence" | "note">;

export type ListDisputesInput = { status?: DisputeStatus; page?: number; pageSize?: number };
export type RespondInput = { response: string; evidence?: string };
/** For operators. `note` is shown to both parties. */
export type ResolveInput = { winner: "buyer" | "agent"; note: string };
