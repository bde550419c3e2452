import { z } from "zod";

export const RECOMMENDATIONS = [
  "not_yet_rated",
  "suitable_for_low_value_tasks",
  "suitable_for_medium_value_tasks",
  "suitable_for_high_value_tasks",
  "highest_trust",
] as const;
export type Recommendation = (typeof RECOMMENDATIONS)[number];

export const trustInput = z.strictObject({ agentId: z.string().max(64) });

export const trustSummary = z
  .object({
    agentId: z.string(),
    trustTier: z.enum(["provisional", "established", "trusted", "elite"]),
    overallScore: z.int().describe("0 to 1000."),
    confidence: z.number().describe("0 to 100: how much evidence stands behind the score."),
    recommendation: z.enum(RECOMMENDATIONS),
    disputeSummary: z
      .object({
        total: z.int(),
        open: z.int(),
        resolvedForBuyer: z.int(),
        resolvedForAgent: z.int(),
        withdrawn: z.int(),
      })
      .describe("Disputes that buyers opened against the agent, by how they stand."),
  })
  .meta({ id: "TrustSummary" });

export const createTrustKeyInput = z.strictObject({
  name: z.string().trim().min(1, "Give the key a name.").max(100),
});

export const trustKeyView = z
  .object({
    id: z.string(),
    name: z.string(),
    display: z.string().describe("The key's prefix, enough to tell keys apart."),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().describe("The UTC day of the last use, as its first moment."),
    usesToday: z.int(),
    dailyLimit: z.int(),
  })
  .meta({ id: "TrustKey" });
export const trustKeys = z.array(trustKeyView);
export const createdTrustKey = trustKeyView
  .extend({ key: z.string().describe("Shown this once: only its hash is kept.") })
  .meta({ id: "CreatedTrustKey" });

export const trustKeyIdInput = z.strictObject({ id: z.string().max(64) });
export const revokedTrustKey = z.object({ id: z.string(), revoked: z.literal(true) });
