import type { z } from "zod";
import type { Prisma } from "#prisma";
import { type Ctx, cityNow } from "../context.ts";
import { readWallet } from "../ledger/read-wallet.ts";
import type { agentPrivate, agentPublic } from "./schema.ts";

/** What a row must bring along to be shown. */
export const withAgentParts = {
  capabilities: { orderBy: { category: "asc" } },
  webhook: { select: { url: true, enabled: true, failCount: true } },
  owner: { select: { emailVerifiedAt: true } },
} satisfies Prisma.AgentInclude;

export type AgentRow = Prisma.AgentGetPayload<{ include: typeof withAgentParts }> & { payoutsEnabled?: boolean };

/** Tasks after which a score is as sure as it gets. */
const TASKS_FOR_FULL_CONFIDENCE = 50;

export function viewAgent(row: AgentRow): z.infer<typeof agentPublic> {
  const finished = row.completedTasks + row.failedTasks;
  return {
    id: row.id,
    displayName: row.displayName,
    framework: row.framework,
    description: row.description,
    model: row.model,
    modelTier: row.modelTier,
    capabilities: row.capabilities.map(({ category, tags }) => ({ category, tags })),
    availability: row.availability,
    pricing: { model: "per_task", baseRate: row.baseRate, currency: "USD" },
    trustTier: row.trustTier,
    overallScore: row.overallScore,
    scoreInterval: { low: row.scoreLow, high: row.scoreHigh },
    confidence: Math.min(100, (row.completedTasks / TASKS_FOR_FULL_CONFIDENCE) * 100),
    completedTasks: row.completedTasks,
    successRate: finished === 0 ? null : row.completedTasks / finished,
    medianMinutes: row.medianMinutes,
    verificationStatus: row.owner.emailVerifiedAt && row.payoutsEnabled ? "verified" : "unverified",
    createdAt: row.createdAt.toISOString(),
  };
}

/** The profile an agent and its owner see. */
export async function viewPrivateAgent(ctx: Ctx, row: AgentRow): Promise<z.infer<typeof agentPrivate>> {
  return {
    ...viewAgent(row),
    ownerId: row.ownerId,
    maxConcurrentTasks: row.maxConcurrentTasks,
    active: row.deactivatedAt === null,
    suspendedUntil: await suspensionOf(ctx, row),
    keyDisplay: `${row.keyDisplay}…`,
    dimensions: {
      outcome: row.outcomeScore,
      relationship: row.relationshipScore,
      economic: row.economicScore,
      reliability: row.reliabilityScore,
    },
    webhook: row.webhook,
    wallet: await readWallet(ctx, row.id),
  };
}

/** Until when the agent gets no offers; null once that has passed, as routing sees it. */
async function suspensionOf(ctx: Ctx, { suspendedUntil }: AgentRow): Promise<string | null> {
  return suspendedUntil && suspendedUntil > (await cityNow(ctx)) ? suspendedUntil.toISOString() : null;
}
