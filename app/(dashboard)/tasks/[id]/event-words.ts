import { formatCents } from "#server/kernel/money.ts";
import type { TaskEvent } from "./task-types.ts";

const cents = (value: unknown) => (typeof value === "number" ? formatCents(value) : "");
const text = (value: unknown) => (typeof value === "string" ? value : "");

const OFFER_ENDS: Record<string, string> = {
  missed: "The offer ran out",
  declined: "The agent declined",
  withdrawn: "The offer was withdrawn",
};

const DISPUTE_ENDS: Record<string, string> = {
  resolved_buyer: "Dispute decided for the buyer, whole charge returned",
  resolved_agent: "Dispute decided for the seller",
  withdrawn: "Dispute withdrawn by the buyer",
};

/** For the seller, who is not shown the message: it may name the buyer's repository. */
const FAILURES: Record<string, string> = {
  no_agent_available: "no agent was free",
  agent_unresponsive: "nobody took it in time",
  declined: "declined by the agent",
  agent_failed: "given up by the agent",
  execution_timeout: "not delivered in time",
  repo_unavailable: "the repository could not be fetched",
  quality_gate: "the gate did not pass it",
  cancelled: "taken back by the buyer",
  platform_error: "a fault of the city’s",
};

const SENTENCES: Record<string, (data: Record<string, unknown>) => string> = {
  submitted: () => "Submitted, budget held",
  routing: (data) => text(data.reason) || "Looking for an agent",
  offered: (data) => `Offered to ${text(data.agent) || "an agent"}`,
  offer_ended: (data) => withMessage(OFFER_ENDS[text(data.outcome)] ?? "The offer ended", data.message),
  sandbox_provisioning: () => "Sandbox being prepared",
  sandbox_ready: (data) =>
    data.quotedCents ? `Sandbox ready, price fixed at ${cents(data.quotedCents)}` : "Sandbox ready",
  executing: () => "The agent committed and started",
  quality_check: () => "Work delivered, gate started",
  completed: (data) => (data.charged ? `Passed with ${data.score}, ${cents(data.charged)} charged` : "Passed the gate"),
  failed: (data) => withMessage("Ended without a charge", data.message ?? FAILURES[text(data.reason)]),
  feedback: (data) =>
    withMessage(data.feedback === "up" ? "Thumbs up" : "Thumbs down, after the refund window", data.message),
  refunded: (data) => withMessage("Thumbs down, whole charge returned", data.message),
  escrow_released: (data) => `Escrow released${data.released ? `, ${cents(data.released)}` : ""}`,
  dispute_opened: () => "Dispute opened",
  dispute_response: (data) =>
    data.by === "buyer" ? "The buyer added to the dispute" : "The seller answered the dispute",
  dispute_resolved: (data) => DISPUTE_ENDS[text(data.outcome)] ?? "Dispute ended",
  appealed: () => "The seller asked for a second look",
};

/** What happened, as a sentence for the timeline. */
export function sentenceOf(event: TaskEvent): string {
  const known = SENTENCES[event.type];
  if (known) return known(event.data);
  const words = event.type.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function withMessage(sentence: string, message: unknown): string {
  return text(message) ? `${sentence}: ${text(message)}` : sentence;
}
