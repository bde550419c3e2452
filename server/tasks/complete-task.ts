import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import { after, type Ctx, cityNow, emit, inTransaction } from "../context.ts";
import { CityError, invalidState, notFound } from "../kernel/errors.ts";
import type { WorkspaceDiff } from "../ports/sandbox.ts";
import { findTask, lockAsSeller } from "./find-task.ts";
import { recordEvent } from "./record-event.ts";
import { type completeInput, OUTPUT_BYTES, type sellerTask } from "./schema.ts";
import { type TaskRow, viewForSeller, withDispute } from "./view.ts";

type Delivery = z.infer<typeof completeInput>;

/**
 * The seller delivers. Its commands end, and the diff of the repository is taken before the task moves on, so that
 * nothing the seller does later can change what is judged. The score and time that come along are the seller's claims:
 * kept, never used. A delivery past the deadline is refused and never revives the task. The request that delivered is
 * answered again when it comes again.
 */
export async function completeTask(ctx: Ctx<AgentActor>, input: Delivery): Promise<z.infer<typeof sellerTask>> {
  const found = await findTask(ctx, input.id);
  if (found.agentId !== ctx.actor.agentId) throw notFound("task");
  if (isDelivered(ctx, found)) return viewForSeller(found);
  if (found.status !== "executing") throw notExecuting(found);
  const diff = await takeDiff(ctx, found.id);

  return inTransaction(ctx, async (tx) => {
    const task = await lockAsSeller(tx, input.id);
    if (isDelivered(tx, task)) return viewForSeller(task);
    if (task.status !== "executing") throw notExecuting(task);
    const now = await cityNow(tx);
    if (now >= task.deadlineAt) throw invalidState("The time for this task is over.", "overdue", ["executing"]);
    const { result, ...details } = input.output;
    const delivered = await tx.db.task.update({
      where: { id: task.id },
      data: {
        status: "quality_check",
        output: textOf(result),
        outputDetails: {
          ...details,
          format: typeof result === "string" ? "text" : "json",
          createdPaths: [...diff.createdPaths],
        },
        patch: diff.patch.replaceAll("\u0000", ""),
        patchTruncated: diff.truncated,
        reportedQualityScore: input.qualityScore === undefined ? null : Math.round(input.qualityScore),
        reportedExecutionTimeMs: input.executionTimeMs === undefined ? null : Math.round(input.executionTimeMs),
        deliveredAt: now,
        deliveryRequest: tx.requestKey ?? null,
        deadlineAt: after(now, tx.settings.gate.minutes * 60_000),
      },
      include: withDispute,
    });
    await recordEvent(tx, task.id, "quality_check");
    await emit(tx, "task/delivered", { taskId: task.id });
    return viewForSeller(delivered);
  });
}

/** A JSON result is laid out for people, unless its indentation would make it longer than an output may be. */
function textOf(result: unknown): string {
  if (typeof result === "string") return result;
  const laidOut = JSON.stringify(result, null, 2);
  return Buffer.byteLength(laidOut) > OUTPUT_BYTES ? JSON.stringify(result) : laidOut;
}

/** Whether this very request has delivered already, in a try whose answer got lost. */
function isDelivered({ requestKey }: Ctx, task: TaskRow): boolean {
  return task.deliveryRequest === requestKey;
}

function notExecuting(task: TaskRow): CityError {
  return invalidState("Only a task that is executing can be completed.", task.status, ["executing"]);
}

async function takeDiff(ctx: Ctx, taskId: string): Promise<WorkspaceDiff> {
  const row = await ctx.db.sandbox.findFirst({ where: { taskId, status: "ready" }, select: { id: true } });
  const sandbox = row && (await ctx.ports.sandbox.open(row.id));
  if (!sandbox) {
    throw new CityError("UNAVAILABLE", "The sandbox was lost. Provision it again, then complete.", {
      retryAfter: 1,
      details: { reason: "sandbox_lost" },
    });
  }
  await sandbox.close();
  return sandbox.diff().catch(async (error: unknown) => {
    // Nothing is delivered: the seller may mend what is in the way.
    await sandbox.reopen();
    throw error;
  });
}
