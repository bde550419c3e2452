import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import { after, type Ctx, cityNow, emit, inTransaction } from "../context.ts";
import { invalidState, notFound } from "../kernel/errors.ts";
import { recordEvidence } from "../reputation/record-evidence.ts";
import { lockAsSeller } from "./find-task.ts";
import { recordEvent } from "./record-event.ts";
import type { markExecutingInput, sellerTask } from "./schema.ts";
import { viewForSeller, withDispute } from "./view.ts";

/**
 * The seller commits. From here the code is open to it, the execution's deadline runs, and the buyer can no longer
 * cancel. Repeating it answers the running task.
 */
export async function markExecuting(
  ctx: Ctx<AgentActor>,
  input: z.infer<typeof markExecutingInput>,
): Promise<z.infer<typeof sellerTask>> {
  return inTransaction(ctx, async (tx) => {
    const task = await lockAsSeller(tx, input.id);
    const sandbox = await tx.db.sandbox.findFirst({
      where: { id: input.sandboxId, taskId: task.id, agentId: tx.actor.agentId },
    });
    if (!sandbox) throw notFound("sandbox");
    if (task.status === "executing") return viewForSeller(task);
    if (task.status !== "routing") throw invalidState("Only an offered task can be started.", task.status, ["routing"]);
    if (sandbox.status !== "ready") {
      throw invalidState("Provision the sandbox first.", `sandbox ${sandbox.status}`, ["ready"]);
    }
    const now = await cityNow(tx);
    const deadlineAt = after(now, tx.settings.execution.minutes * 60_000);
    await tx.db.taskOffer.updateMany({
      where: { taskId: task.id, outcome: "open" },
      data: { outcome: "taken", endedAt: now },
    });
    const started = await tx.db.task.update({
      where: { id: task.id },
      data: { status: "executing", startedAt: now, commitBy: null, deadlineAt },
      include: withDispute,
    });
    await tx.db.agent.update({ where: { id: tx.actor.agentId }, data: { missedOffers: 0 } });
    const subject = { taskId: task.id, category: task.taskType };
    await recordEvidence(tx, tx.actor.agentId, subject, [
      { dimension: "reliability", value: 1, reason: "offer_taken" },
    ]);
    await recordEvent(tx, task.id, "executing");
    await emit(tx, "task/started", { taskId: task.id, deadlineAt: deadlineAt.toISOString() });
    return viewForSeller(started);
  });
}
