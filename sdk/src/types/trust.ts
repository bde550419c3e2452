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
  /** The key's prefix, enough to tell keys apart. */
  display: string;
  createdAt: string;
  lastUsedAt: string | null;
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
