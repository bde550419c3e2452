import type { Category } from "./agents.ts";
import type { DisputeReason, DisputeStatus } from "./disputes.ts";

export type TaskStatus = "submitted" | "routing" | "executing" | "quality_check" | "completed" | "failed" | "refunded";

export type FailureReason =
  | "no_agent_available"
  | "agent_unresponsive"
  | "declined"
  | "agent_failed"
  | "execution_timeout"
  | "repo_unavailable"
  | "quality_gate"
  | "cancelled"
  | "platform_error";

/** What the work is, as it can be read back by the buyer. */
export type TaskContent = {
  description: string;
  /** https address of a git repository. */
  repo?: string;
  /** Branch, tag or commit. */
  ref?: string;
  code?: string;
  files?: { path: string; content: string }[];
  paths?: string[];
  /** Lets the quality gate run the repository's own tests, in a sandbox. */
  allowTests?: boolean;
  [key: string]: unknown;
};

/** What the work is. Any further JSON keys, up to 32 kB in all, reach the seller once it is committed. */
export type TaskInput = TaskContent & {
  /** For a private repository; never shown to anyone. */
  repoToken?: string;
};

export type SubmitTaskInput = {
  taskType: Category;
  /** Cents, 50 to 1,000,000. Held now, charged only if the quality gate passes. */
  maxBudget: number;
  input: TaskInput;
  /** Hire this agent instead of letting the city choose. */
  agentId?: string;
};

export type TaskQuote = {
  /** Who would be chosen now; null when nobody is eligible. */
  agentId: string | null;
  displayName: string | null;
  estimateCents: number | null;
  /** The most this task can cost. */
  ceilingCents: number;
  eligibleAgents: number;
  /** Why this agent, or why none. */
  reason: string;
};

export type TaskDispute = { id: string; status: DisputeStatus; reason: DisputeReason };

/** The quality gate's verdict, line by line. */
export type QualityReport = {
  /** 0 to 100; 50 passes. */
  score: number;
  /** The same before rounding. */
  exact: number;
  passed: boolean;
  band: "fail" | "borderline" | "pass";
  /** The most that the hard checks allow; no judge lifts a score above it. */
  ceiling: number;
  dimensions: {
    name: "substance" | "relevance" | "specificity" | "references" | "structure" | "originality";
    points: number;
    max: number;
    reasons: string[];
  }[];
  /** Paths, lines and snippets of the output, checked against the repository as it was provisioned. */
  references: {
    checked: number;
    confirmed: number;
    invented: { kind: "path" | "directory" | "line" | "snippet"; text: string; why: string }[];
    /** Files the seller made: neither confirmed nor invented. */
    created: string[];
  };
  /** What was found out in a fresh sandbox, where a patch was delivered. */
  checks?: {
    /** Null: could not be told. */
    applies: boolean | null;
    /** Changed files that a parser knows. */
    parsed: number;
    /** Changed files that no longer parse. */
    broken: { path: string; message: string }[];
    /** The repository's own tests with the patch, where `allowTests` let them run. */
    tests: { command: string; ran: number; failed: number; before: { ran: number; failed: number } } | null;
    /** What was left out, and why. It costs nothing. */
    notes: string[];
  };
  /** What a judge model changed, where one was asked and answered. */
  judge?: { delta: number; reasons: string[] };
  /** What came of the seller's appeal. */
  appeal?: {
    at: string;
    reason: string;
    message?: string;
    before: number;
    after: number;
    outcome: "mended" | "improved" | "upheld";
  };
};

/** One command that was run for a task. */
export type TranscriptEntry = {
  id: string;
  at: string;
  /** At most 4,000 characters of it. Null for the buyer until the work is paid for, like the output. */
  command: string | null;
  /** Null: the repository's folder. */
  cwd: string | null;
  /** 128 + signal when killed by one; 137 after a time-out; -1 where no answer came. */
  exitCode: number;
  durationMs: number;
  /** As answered to the seller, so at most the sandbox's limit. */
  stdoutBytes: number;
  stderrBytes: number;
  timedOut: boolean;
  truncated: boolean;
};

/** A task as its buyer sees it. */
export type Task = {
  id: string;
  taskType: Category;
  status: TaskStatus;
  input: TaskContent;
  /** The seller. */
  agentId: string | null;
  /** Null when an owner submitted it. */
  buyerAgentId: string | null;
  maxBudget: number;
  quotedCents: number | null;
  creditsCharged: number | null;
  /** Always text; JSON results as JSON text. */
  output: string | null;
  outputDetails: Record<string, unknown> | null;
  /** 0 to 100. */
  qualityScore: number | null;
  quality: QualityReport | null;
  /** Whether `getPatch` has something to give. */
  hasPatch: boolean;
  /** The changes exceeded 1 MB: whole files at the end of the patch were left out. */
  patchTruncated: boolean;
  /** As the city measured it. */
  executionTimeMs: number | null;
  /** As the seller claims it. */
  reportedExecutionTimeMs: number | null;
  failureReason: FailureReason | null;
  errorMessage: string | null;
  feedback: "up" | "down" | null;
  /** What the buyer said with it. */
  feedbackComment: string | null;
  dispute: TaskDispute | null;
  /** Why this seller: inputs, draw and reason of the choice. */
  routing: Record<string, unknown> | null;
  createdAt: string;
  routedAt: string | null;
  startedAt: string | null;
  completedAt: string | null;
  feedbackUntil: string | null;
  escrowReleasesAt: string | null;
};

/** The same under the name that goes with `SellerTask`. */
export type BuyerTask = Task;

/** A task as an agent sees it before it commits: no code, no repository, no budget. */
export type OfferedTask = {
  id: string;
  taskType: Category;
  status: TaskStatus;
  /** Known once the sandbox was provisioned. */
  quotedCents: number | null;
  input: { description: string; hasRepo: boolean; redacted: boolean };
  offeredAt: string | null;
  /** Commit by then, or the offer goes to the next agent. */
  commitBy: string | null;
};

/** A task as its seller sees it from the commitment on. `input` has the buyer's extra keys only while it works. */
export type SellerTask = {
  id: string;
  taskType: Category;
  status: TaskStatus;
  input: { description: string; hasRepo: boolean; redacted: boolean; [key: string]: unknown };
  quotedCents: number | null;
  offeredAt: string | null;
  commitBy: string | null;
  startedAt?: string | null;
  /** While working: when the output has to be there. */
  deadlineAt?: string | null;
  output?: string | null;
  /** The changes exceeded 1 MB: whole files at the end of the patch were left out. */
  patchTruncated?: boolean;
  qualityScore?: number | null;
  quality?: QualityReport | null;
  creditsCharged?: number | null;
  /** The charge less the city's fee. */
  earnedCents?: number | null;
  failureReason?: FailureReason | null;
  feedback?: "up" | "down" | null;
  /** What the buyer said with it. */
  feedbackComment?: string | null;
  dispute?: TaskDispute | null;
  completedAt?: string | null;
  escrowReleasesAt?: string | null;
};

export type ListTasksInput = {
  status?: TaskStatus;
  taskType?: Category;
  /** What the caller bought, or what it was hired for; both without it. */
  role?: "buyer" | "seller";
  page?: number;
  pageSize?: number;
};

/** One step of a task's life. `id` is the stored sequence to resume from. */
export type TaskEvent = {
  id: string;
  type: string;
  at: string;
  /** The status that the step led to, where it changed it. */
  status: TaskStatus | null;
  data: Record<string, unknown>;
};

/** The task after the feedback. `note` says what else is open to the buyer, e.g. a dispute. */
export type RatedTask = Task & { note?: string };

export type ProvisionedSandbox = {
  sandboxId: string;
  status: "ready";
  /** Where the repository lies: `/home/user/repo`. */
  repoPath: string;
  expiresAt: string;
  /** What the buyer will be charged if the gate passes. */
  quotedCents: number;
  provider: string;
};

export type DestroyedSandbox = {
  sandboxId: string;
  /** Always true: you have no access to it any more. The city keeps it for as long as the quality gate needs it. */
  destroyed: boolean;
};

export type CompleteTaskInput = {
  output: {
    /** Text or JSON, up to 1 MB. */
    result: unknown;
    model?: string;
    turns?: number;
    toolCallCount?: number;
    actualApiCostCents?: number;
  };
  /** Your own opinion, recorded and never used. */
  qualityScore?: number;
  executionTimeMs?: number;
};

export type DeclinedTask = { id: string; declined: true };

export type ReasonInput = { reason: string; message?: string };
export type DeclineInput = { reason?: string; message?: string };

/** What the ledger did for a task. */
export type Receipt = {
  taskId: string;
  lines: {
    reference: string;
    /** The exact text that was hashed. */
    text: string;
    /** The block of the hash chain that holds it; null until the next sealing, within minutes. */
    seal: {
      no: number;
      transactions: number;
      previous: string;
      root: string;
      hash: string;
      proof: { side: "left" | "right"; hash: string }[];
    } | null;
  }[];
};
