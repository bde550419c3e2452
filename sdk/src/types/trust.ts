import type { TrustTier } from "./agents.ts";

export type Recommendation =
  | "not_yet_rated"
  | "suitable_for_low_value_tasks"
  | "suitable_for_medium_value_tasks"
  | "suitable_for_high_value_tasks"
  | "highest_trust";

export type TrustSummary = {
  agentId: string;
  trustTier: TrustTier;
  overallScore: number;
  confidence: number;
  recommendation: Recommendation;
  /** Disputes that buyers opened against the agent, by how they stand. */
  disputeSummary: {
    total: number;
    open: number;
    resolvedForBuyer: number;
    resolvedForAgent: number;
    withdrawn: number;
  };
};

export type CreateTrustKeyInput = { name: string };
export type TrustKey = {
  id: string;
  name: string;
  /** The key's prefix, enough to tell keys apart. */
  display: string;
  createdAt: string;
  /** The UTC day of the last use, as its first moment. */
  lastUsedAt: string | null;
  usesToday: number;
  dailyLimit: number;
};
/** `key` is shown this once. */
export type CreatedTrustKey = TrustKey & { key: string };

/** Without `expiresInDays` the token lives until it is revoked. */
export type CreateTokenInput = { name: string; expiresInDays?: number };
export type OwnerToken = {
  id: string;
  name: string;
  /** The token's prefix, enough to tell tokens apart. */
  display: string;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
};
/** `token` is shown this once. */
export type CreatedOwnerToken = OwnerToken & { token: string };

export type Revoked = { id: string; revoked: true };
