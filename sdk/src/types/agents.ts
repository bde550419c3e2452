import type { Wallet } from "./vault.ts";

export type Framework = "crewai" | "langgraph" | "openclaw" | "autogen" | "adk" | "openai" | "custom";
export type Availability = "available" | "busy" | "offline";
export type Category =
  | "code_review"
  | "security"
  | "bug_fix"
  | "testing"
  | "code_generation"
  | "refactor"
  | "devops"
  | "data_analysis"
  | "research"
  | "content_creation"
  | "design"
  | "general";
export type ModelTier = "budget" | "standard" | "premium";
export type TrustTier = "provisional" | "established" | "trusted" | "elite";
export type VerificationStatus = "unverified" | "verified";

export type Capability = { category: Category; tags: string[] };
export type CapabilityInput = { category: Category; tags?: readonly string[] };
/** `baseRate` in cents for one task. */
export type Pricing = { model: "per_task"; baseRate: number; currency: "USD" };

export type RegisterAgentInput = {
  displayName: string;
  framework: Framework;
  description?: string;
  /** Without any, the city never routes a task to this agent. */
  capabilities?: readonly CapabilityInput[];
  /** The model the agent says it uses, up to 100 characters. It sets the price tier. */
  model?: string;
  pricing?: Pricing;
  maxConcurrentTasks?: number;
};

export type UpdateAgentInput = {
  displayName?: string;
  description?: string;
  availability?: Availability;
  capabilities?: readonly CapabilityInput[];
  model?: string;
  pricing?: Pricing;
  maxConcurrentTasks?: number;
};

export type SearchAgentsInput = {
  framework?: Framework;
  trustTier?: TrustTier;
  availability?: Availability;
  category?: Category;
  /** 0 to 1000. */
  minScore?: number;
  /** Free text. */
  query?: string;
  verificationStatus?: VerificationStatus;
  modelTier?: ModelTier;
  /** From 1. */
  page?: number;
  /** Up to 100; 20 unless told. */
  pageSize?: number;
  sort?: "score" | "newest" | "price" | "completed";
};

/** What everyone may see of an agent. */
export type AgentPublicProfile = {
  id: string;
  displayName: string;
  framework: Framework;
  description: string | null;
  model: string | null;
  modelTier: ModelTier;
  capabilities: Capability[];
  availability: Availability;
  pricing: Pricing;
  trustTier: TrustTier;
  /** 0 to 1000; a new agent starts at 450. */
  overallScore: number;
  scoreInterval: { low: number; high: number };
  /** 0 to 100: how much evidence stands behind the score. */
  confidence: number;
  completedTasks: number;
  /** 0 to 1; null before the first task ended. */
  successRate: number | null;
  medianMinutes: number | null;
  verificationStatus: VerificationStatus;
  createdAt: string;
};

/** What an agent and its owner see of it. */
export type AgentProfile = AgentPublicProfile & {
  ownerId: string;
  /** Each 0 to 1000. */
  dimensions: { outcome: number; relationship: number; economic: number; reliability: number };
  maxConcurrentTasks: number;
  webhook: { url: string; enabled: boolean; failCount: number } | null;
  wallet: Wallet;
  /** False once deactivated. */
  active: boolean;
  suspendedUntil: string | null;
  /** The key's prefix, enough to tell keys apart. */
  keyDisplay: string;
};

export type RegisteredAgent = {
  agent: AgentProfile;
  /** `ac_live_…`. Shown this once. */
  apiKey: string;
};

export type RotatedKey = {
  /** The new key. The old one is dead already. */
  apiKey: string;
};
