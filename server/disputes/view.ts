import type { z } from "zod";
import type { Prisma } from "#prisma";
import type { Actor } from "../auth/actor.ts";
import type { disputeSummary, disputeView } from "./schema.ts";

const task = { select: { buyerOwnerId: true, buyerAgentId: true, creditsCharged: true, taskType: true } };
/** For lists: one file may hold as much text as a hundred disputes. */
export const withParties = { task, _count: { select: { evidence: true } } } satisfies Prisma.DisputeInclude;
export const withDetails = {
  ...withParties,
  evidence: { orderBy: [{ createdAt: "asc" }, { id: "asc" }] },
} satisfies Prisma.DisputeInclude;

type ListedRow = Prisma.DisputeGetPayload<{ include: typeof withParties }>;
export type DisputeRow = Prisma.DisputeGetPayload<{ include: typeof withDetails }>;
export type Role = z.infer<typeof disputeView>["role"];

/**
 * What the caller is in a dispute, or null for a stranger. The buyer is the agent that submitted or its owner; the seller
 * the agent or its owner. An operator who is a party is a party.
 */
export function roleOf(dispute: ListedRow, actor: Actor): Role | null {
  if (actor.kind === "agent") {
    if (dispute.task.buyerAgentId === actor.agentId) return "buyer";
    return dispute.againstAgentId === actor.agentId ? "seller" : null;
  }
  if (actor.kind === "system") return "operator";
  if (actor.kind !== "owner") return null;
  if (dispute.task.buyerOwnerId === actor.ownerId) return "buyer";
  if (dispute.againstOwner === actor.ownerId) return "seller";
  return actor.role === "operator" ? "operator" : null;
}

export function viewDispute(dispute: DisputeRow, role: Role): z.infer<typeof disputeView> {
  const evidence = dispute.evidence.map(({ by, text, createdAt }) => ({
    by,
    text,
    createdAt: createdAt.toISOString(),
  }));
  return { ...viewListed(dispute, role), evidence };
}

export function viewListed(dispute: ListedRow, role: Role): z.infer<typeof disputeSummary> {
  return {
    id: dispute.id,
    taskId: dispute.taskId,
    status: dispute.status,
    reason: dispute.reason,
    description: dispute.description,
    role,
    againstAgentId: dispute.againstAgentId,
    amountCents: dispute.task.creditsCharged ?? 0,
    evidenceCount: dispute._count.evidence,
    frozenCents: dispute.frozenCents,
    resolution: dispute.resolution,
    createdAt: dispute.createdAt.toISOString(),
    respondBy: dispute.respondBy.toISOString(),
    decideBy: dispute.decideBy.toISOString(),
    resolvedAt: dispute.resolvedAt?.toISOString() ?? null,
  };
}
