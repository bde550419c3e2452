import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import { after, type Ctx, cityNow, emit, inTransaction } from "../context.ts";
import { CityError, invalidState, notFound } from "../kernel/errors.ts";
import type { Sandbox, WorkspaceDiff } from "../ports/sandbox.ts";
import { mannerOf } from "../quality/weights.ts";
import { openReady } from "../sandbox/open-sandbox.ts";
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
 *
 * Another call's delivery may be refused meanwhile, which opens the sandbox: once this one stands, it is closed again.
 */
export async function completeTask(ctx: Ctx<AgentActor>, input: Delivery): Promise<z.infer<typeof sellerTask>> {
  const found = await findTask(ctx, input.id);
  if (found.agentId !== ctx.actor.agentId) throw notFound("task");
  if (isDelivered(ctx, found)) return viewForSeller(found);
  if (found.status !== "executing") throw notExecuting(found);
  const row = await ctx.db.sandbox.findFirst({ where: { taskId: found.id, status: "ready" }, select: { id: true } });
  const sandbox = await openReady(ctx, row?.id ?? null);
  try {
    await sandbox.close();
    const diff = await sandbox.diff();
    refuseCutToNothing(found, diff);
    const delivered = await recordDelivery(ctx, input, diff);
    await sandbox.close().catch((cause) => ctx.log.warn({ err: cause, taskId: found.id }, "a sandbox may be open"));
    return delivered;
  } catch (error) {
    await goOn(ctx, sandbox).catch((cause) => ctx.log.warn({ err: cause, taskId: found.id }, "a sandbox stays closed"));
    throw error;
  }
}

async function recordDelivery(
  ctx: Ctx<AgentActor>,
  input: Delivery,
  diff: WorkspaceDiff,
): Promise<z.infer<typeof sellerTask>> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockAsSeller(tx, input.id);
    if (isDelivered(tx, task)) return viewForSeller(task);
    if (task.status !== "executing") throw notExecuting(task);
    const now = await cityNow(tx);
    if (now >= task.deadlineAt) throw invalidState("The time for this task is over.", "overdue", ["executing"]);
    const deadlineAt = after(now, tx.settings.gate.minutes * 60_000);
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
        patch: diff.patch,
        patchTruncated: diff.truncated,
        reportedQualityScore: input.qualityScore === undefined ? null : Math.round(input.qualityScore),
        reportedExecutionTimeMs: input.executionTimeMs === undefined ? null : Math.round(input.executionTimeMs),
        deliveredAt: now,
        deliveryRequest: tx.requestKey ?? null,
        deadlineAt,
      },
      include: withDispute,
    });
    await recordEvent(tx, task.id, "quality_check");
    await emit(tx, "task/delivered", { taskId: task.id, deadlineAt: deadlineAt.toISOString() });
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

/** A change of which nothing fits would be judged as none. Where the text is what counts, it is delivered without. */
function refuseCutToNothing(task: TaskRow, { patch, truncated }: WorkspaceDiff): void {
  if (!truncated || patch !== "" || mannerOf(task.taskType) !== "change") return;
  throw new CityError(
    "VALIDATION_ERROR",
    "The changes in the repository exceed 1 MB. Remove what is not part of them.",
    {
      details: { reason: "patch_too_large" },
    },
  );
}

/**
 * Nothing was delivered: the seller may mend what is in the way. Where another call delivered, it stays closed, even if
 * that happened while it was being opened.
 */
async function goOn(ctx: Ctx, sandbox: Sandbox): Promise<void> {
  const open = { id: sandbox.id, status: "ready", closedAt: null, task: { status: "executing" } } as const;
  const isOpen = async () => (await ctx.db.sandbox.count({ where: open })) > 0;
  if (!(await isOpen())) return;
  await sandbox.reopen();
  if (!(await isOpen())) await sandbox.close();
}
