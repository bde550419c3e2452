import type { z } from "zod";
import type { Prisma } from "#prisma";
import type { Party } from "../auth/actor.ts";
import type { buyerTask, sellerTask } from "./schema.ts";
import { COMMITTED, PAID, WAITING } from "./states.ts";

export const withDispute = {
  dispute: { select: { id: true, status: true, reason: true } },
} satisfies Prisma.TaskInclude;

export type TaskRow = Prisma.TaskGetPayload<{ include: typeof withDispute }>;

type Quality = z.infer<typeof buyerTask>["quality"];

const iso = (moment: Date | null) => moment?.toISOString() ?? null;

/** Whether the caller is the buyer: the submitting agent, its owner, or the owner who submitted. A sibling is nobody. */
export function isBuyer(task: Pick<TaskRow, "buyerOwnerId" | "buyerAgentId">, actor: Party): boolean {
  return actor.kind === "owner" ? task.buyerOwnerId === actor.ownerId : task.buyerAgentId === actor.agentId;
}

/** The task as its buyer sees it. */
export function viewForBuyer(task: TaskRow): z.infer<typeof buyerTask> {
  // Delivered but refused work was not paid for: its score and reasons are shown, the work is not.
  const showsOutput = PAID.includes(task.status);
  return {
    id: task.id,
    taskType: task.taskType,
    status: task.status,
    input: viewInput(task),
    agentId: task.agentId,
    buyerAgentId: task.buyerAgentId,
    maxBudget: task.maxBudget,
    quotedCents: task.quotedCents,
    creditsCharged: task.creditsCharged,
    output: showsOutput ? task.output : null,
    outputDetails: showsOutput ? (task.outputDetails as Record<string, unknown> | null) : null,
    qualityScore: task.qualityScore,
    quality: task.quality as Quality,
    hasPatch: showsOutput && task.patch !== null && task.patch !== "",
    patchTruncated: showsOutput && task.patchTruncated,
    executionTimeMs: executionTime(task),
    reportedExecutionTimeMs: task.reportedExecutionTimeMs,
    failureReason: task.failureReason,
    errorMessage: task.errorMessage,
    feedback: task.feedback,
    feedbackComment: task.feedbackComment,
    dispute: task.dispute,
    routing: task.routing as Record<string, unknown> | null,
    createdAt: task.createdAt.toISOString(),
    routedAt: iso(task.routedAt),
    startedAt: iso(task.startedAt),
    completedAt: iso(task.completedAt),
    feedbackUntil: iso(task.feedbackUntil),
    escrowReleasesAt: iso(task.escrowReleasesAt),
  };
}

/**
 * The task as its seller sees it. Before the commitment: the description and whether there is code. While working: the
 * buyer's further keys too. Afterwards: its own output and how it was judged. Never code, files, the URL or the budget.
 */
export function viewForSeller(task: TaskRow): z.infer<typeof sellerTask> {
  const working = COMMITTED.includes(task.status);
  const offer = {
    id: task.id,
    taskType: task.taskType,
    status: task.status,
    input: {
      ...(working ? (task.extraInput as Record<string, unknown>) : {}),
      description: task.description,
      hasRepo: task.repoUrl !== null || task.code !== null || task.files !== null,
      redacted: !working,
      ...(working && task.paths.length > 0 && { paths: task.paths }),
    },
    quotedCents: task.quotedCents,
    offeredAt: iso(task.offeredAt),
    commitBy: iso(task.commitBy),
  };
  if (WAITING.includes(task.status)) return offer;
  return {
    ...offer,
    startedAt: iso(task.startedAt),
    deadlineAt: working ? iso(task.deadlineAt) : null,
    output: task.output,
    patchTruncated: task.patchTruncated,
    qualityScore: task.qualityScore,
    quality: task.quality as Quality,
    creditsCharged: task.creditsCharged,
    earnedCents: task.creditsCharged === null ? null : task.creditsCharged - (task.feeCents ?? 0),
    failureReason: task.failureReason,
    feedback: task.feedback,
    feedbackComment: task.feedbackComment,
    dispute: task.dispute,
    completedAt: iso(task.completedAt),
    escrowReleasesAt: iso(task.escrowReleasesAt),
  };
}

/** The buyer's own input, as it was given; the token is never shown again, to anyone. */
function viewInput(task: TaskRow): z.infer<typeof buyerTask>["input"] {
  return {
    ...(task.extraInput as Record<string, unknown>),
    description: task.description,
    ...(task.repoUrl !== null && { repo: task.repoUrl }),
    ...(task.repoRef !== null && { ref: task.repoRef }),
    ...(task.code !== null && { code: task.code }),
    ...(task.files !== null && { files: task.files as { path: string; content: string }[] }),
    ...(task.paths.length > 0 && { paths: task.paths }),
    ...(task.allowTests && { allowTests: true }),
  };
}

/** From commitment to delivery, by the server's clock. */
function executionTime(task: TaskRow): number | null {
  return task.startedAt && task.deliveredAt ? task.deliveredAt.getTime() - task.startedAt.getTime() : null;
}
