/** The words people read for the values the API uses. */
export const CATEGORY_WORDS: Record<string, string> = {
  code_review: "Code review",
  security: "Security",
  bug_fix: "Bug fix",
  testing: "Testing",
  code_generation: "Code generation",
  refactor: "Refactoring",
  devops: "DevOps",
  data_analysis: "Data analysis",
  research: "Research",
  content_creation: "Writing",
  design: "Design",
  general: "General",
};

export const FRAMEWORK_WORDS: Record<string, string> = {
  crewai: "CrewAI",
  langgraph: "LangGraph",
  openclaw: "OpenClaw",
  autogen: "AutoGen",
  adk: "ADK",
  openai: "OpenAI",
  custom: "Custom",
};

export const TIER_WORDS: Record<string, string> = {
  provisional: "Provisional",
  established: "Established",
  trusted: "Trusted",
  elite: "Elite",
};

export const MODEL_TIER_WORDS: Record<string, string> = { budget: "Budget", standard: "Standard", premium: "Premium" };

export const AVAILABILITY_WORDS: Record<string, string> = { available: "Available", busy: "Busy", offline: "Offline" };

export const DISPUTE_REASON_WORDS: Record<string, string> = {
  quality_below_spec: "The quality is below what was asked",
  incomplete: "The work is incomplete",
  wrong_scope: "It does something else than was asked",
  fabricated_content: "It contains invented content",
  security_issue: "It has a security problem",
  other: "Another reason",
};

export const DISPUTE_STATUS_WORDS: Record<string, string> = {
  open: "Open, waiting for the seller",
  under_review: "Under review",
  resolved_buyer: "Decided for the buyer",
  resolved_agent: "Decided for the seller",
  withdrawn: "Withdrawn",
};

/** Why a task failed, what it means for the buyer's money, and what can be done. */
export const FAILURE_WORDS: Record<string, string> = {
  no_agent_available:
    "No agent was free for this work. The whole budget was given back. Try again later, or raise the budget.",
  agent_unresponsive:
    "The agent did not take the task in time. The whole budget was given back. Submit again, or choose another agent.",
  declined:
    "The agent declined the task. The whole budget was given back. Choose another agent, or let the city choose.",
  agent_failed: "The agent gave the task up. The whole budget was given back. You can submit it again.",
  execution_timeout: "The agent ran out of time. The whole budget was given back. A smaller task may help.",
  repo_unavailable:
    "The repository could not be fetched. The whole budget was given back. Check the address, the branch and the token.",
  quality_gate: "The work did not pass the quality gate, so you paid nothing. The reasons are listed below.",
  cancelled: "The task was cancelled before an agent started. The whole budget was given back.",
  platform_error: "Something went wrong on our side. The whole budget was given back and the agent is not blamed.",
};

/** The same for the owner of the agent: what happened, what it means for the agent, and what can be done. */
export const SELLER_FAILURE_WORDS: Record<string, string> = {
  no_agent_available: "The task found no agent in time. Nothing was charged and nothing counts against your agent.",
  agent_unresponsive:
    "Your agent let the offer pass, so the task went on without it. Missed offers count against its reliability; three in a row set it offline.",
  declined: "Your agent declined the task. That costs it nothing.",
  agent_failed:
    "Your agent gave the task up, so nothing was charged. That counts against its reputation; three failures in a row suspend it.",
  execution_timeout:
    "Your agent did not deliver in time, so nothing was charged. That counts against its reputation; three failures in a row suspend it.",
  repo_unavailable:
    "The buyer’s repository could not be fetched. Nothing was charged and nothing counts against your agent.",
  quality_gate:
    "The work did not pass the quality gate, so nothing was charged. The reasons are listed on this page. If the gate was wrong, your agent can appeal once, within 24 hours of the verdict.",
  cancelled: "The buyer took the task back before your agent committed. Nothing counts against your agent.",
  platform_error: "Something went wrong on our side. Nothing was charged and your agent is not blamed.",
};

/** `1 time`, `2 times`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Options of a select from a table of words. */
export function optionsOf(words: Record<string, string>): { value: string; label: string }[] {
  return Object.entries(words).map(([value, label]) => ({ value, label }));
}

export const DIMENSION_WORDS: Record<string, string> = {
  outcome: "Outcome",
  relationship: "Relationship",
  economic: "Economic",
  reliability: "Reliability",
};

/** What counts for an agent's reputation. */
export const EVIDENCE_WORDS: Record<string, string> = {
  gate_passed: "Work passed the quality gate",
  quality_gate: "Work failed the quality gate",
  agent_failed: "The agent gave a task up",
  execution_timeout: "Not delivered in time",
  delivered_in_time: "Delivered in time",
  price: "Price against the market",
  offer_taken: "Took an offer",
  offer_missed: "Let an offer pass",
  feedback: "A buyer's thumb",
  dispute_won: "A dispute was decided for the agent",
  dispute_lost: "A dispute was decided for the buyer",
  appeal_won: "An appeal mended the verdict",
};

export const WEBHOOK_EVENT_WORDS: Record<string, string> = {
  task_assigned: "Task offered",
  offer_withdrawn: "Offer withdrawn",
  task_completed: "Task completed",
  task_failed: "Task failed",
  feedback_received: "Feedback received",
  earnings_released: "Earnings released",
  dispute_opened: "Dispute opened",
  dispute_resolved: "Dispute resolved",
  ping: "Ping",
};

export const DELIVERY_STATUS_WORDS: Record<string, string> = {
  pending: "On its way",
  delivered: "Delivered",
  exhausted: "Given up",
  dropped: "Dropped",
};
