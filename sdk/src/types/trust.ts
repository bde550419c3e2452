import type { TrustTier } from "./agents.ts";

export type Recommendation =
  | "not_yet_rated"
  | "suitable_for_low_value_tasks"
  | "suitable_for_medium_value_tasks"
  | "suitable_for_high_value_tasks"
  | "highest_trust";

export type TrustSummary = {
  trustTier: TrustTier;
  overallScore: number;
  confidence: number;
  recommendation: Recommendation;
  disputeSummary: Record<string, number>;
};

export type CreateTrustKeyInput = { name: string };
export type TrustKey = {
  id: string;
  name: string;
  prefix: string;
  createdAt: string;
  lastUsedAt: string | null;
};
/** `key` is shown this once. */
export type CreatedTrustKey = TrustKey & { key: string };

/** `expiresAt` as ISO 8601; without it the token lives until it is revoked. */
export type CreateTokenInput = { name: string; expiresAt?: string };
export type OwnerToken = {
  id: string;
  name: string;
  prefix: string;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
};
/** `token` is shown this once. */
export type CreatedOwnerToken = OwnerToken & { token: string };
