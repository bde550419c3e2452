import type { z } from "zod";
import type { AgentActor } from "../auth/actor.ts";
import { after, type Ctx, cityNow, inTransaction } from "../context.ts";
import { CityError, invalidState } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { isRepoUnavailable, type SandboxSpec } from "../ports/sandbox.ts";
import { type GateVerdict, PASS_MARK } from "../quality/verdict.ts";
import { mendFailure } from "../reputation/mend-failure.ts";
import { PENALISED } from "./end-task.ts";
import { lockAsSeller } from "./find-task.ts";
import { scoreDelivery } from "./judge-task.ts";
import { recordEvent } from "./record-event.ts";
import type { appealInput, sellerTask } from "./schema.ts";
import { sourceOf } from "./source.ts";
import { type TaskRow, viewForSeller, withDispute } from "./view.ts";

const APPEAL_HOURS = 24;
/** An appeal that was not decided by then has died on the way, and may be brought again. */
const HEARING_SECONDS = 120;

type Appeal = z.infer<typeof appealInput>;

/**
 * The seller has a failed quality gate run again, once, within a day. The delivered output and patch are judged anew
 * against the same tree, made afresh in a sandbox of its own. A better score replaces the first and mends the
 * reputation; the money stays where it is. An appeal that could not be heard is not used up; one that was is answered
 * again when its request comes again.
 */
export async function appealTask(ctx: Ctx<AgentActor>, input: Appeal): Promise<z.infer<typeof sellerTask>> {
  const claim = await inTransaction(ctx, (tx) => claimAppeal(tx, input.id));
  if ("decided" in claim) return viewForSeller(claim.decided);
  try {
    const verdict = await judgeAnew(ctx, claim);
    return await inTransaction(ctx, (tx) => settleAppeal(tx, claim, input, verdict));
  } catch (error) {
    await ctx.db.task.updateMany({
      where: { id: input.id, appealedAt: claim.appealedAt },
      data: { appealedAt: null },
    });
    throw error;
  }
}

type Claim = { task: TaskRow; appealedAt: Date; source: SandboxSpec["source"]; textBytes: number | null };

async function claimAppeal(ctx: Ctx<AgentActor>, taskId: string): Promise<Claim | { decided: TaskRow }> {
  const task = await lockAsSeller(ctx, taskId);
  if (task.status !== "failed" || task.failureReason !== "quality_gate") {
    const state = task.failureReason ? `${task.status} (${task.failureReason})` : task.status;
    throw invalidState("Only a result that failed the quality gate can be appealed.", state, ["failed (quality_gate)"]);
  }
  const now = await cityNow(ctx);
  const { appeal } = (task.quality ?? {}) as { appeal?: { outcome: string } };
  // The same request once more: its first try was heard without an answer getting through, or died on the way.
  const again = task.appealRequest === ctx.requestKey;
  if (appeal && again) return { decided: task };
  if (task.appealedAt && !again) refuseSecond(task.appealedAt, now, appeal);
  const failed = await ctx.db.taskEvent.findFirst({ where: { taskId, type: "failed" }, orderBy: { id: "desc" } });
  const until = after(failed?.at ?? task.createdAt, APPEAL_HOURS * 3_600_000);
  if (now >= until) {
    throw new CityError("INVALID_STATE", `The ${APPEAL_HOURS} hours for an appeal are over.`, {
      details: { status: task.status, allowed: [], until: until.toISOString() },
    });
  }
  const first = await ctx.db.sandbox.findFirst({
    where: { taskId, readyAt: { not: null } },
    orderBy: { readyAt: "desc" },
  });
  await ctx.db.task.update({ where: { id: taskId }, data: { appealedAt: now, appealRequest: ctx.requestKey ?? null } });
  return { task, appealedAt: now, source: await sourceOf(ctx, task), textBytes: first?.textBytes ?? null };
}

function refuseSecond(appealedAt: Date, now: Date, appeal?: { outcome: string }): void {
  if (appeal) {
    throw new CityError("CONFLICT", "This task was appealed already.", { details: { outcome: appeal.outcome } });
  }
  if (now < after(appealedAt, HEARING_SECONDS * 1_000)) {
    throw new CityError("CONFLICT", "The appeal is being heard.", { retryAfter: 5, details: { outcome: "pending" } });
  }
}

async function judgeAnew(ctx: Ctx, { task, source, textBytes }: Claim): Promise<GateVerdict> {
  const id = newId();
  try {
    const limits = { createMs: ctx.settings.execution.cloneSeconds * 1_000 };
    const sandbox = await ctx.ports.sandbox.create({ id, source, limits });
    if (textBytes !== null && sandbox.textBytes !== textBytes) throw gone("The buyer's input was deleted meanwhile.");
    return await scoreDelivery(ctx, task, await sandbox.pristine());
  } catch (error) {
    if (!isRepoUnavailable(error)) throw error;
    // Its own words may name the repository, which the seller does not know.
    throw gone("The buyer's repository cannot be fetched any more.", error);
  } finally {
    await ctx.ports.sandbox.destroy(id);
  }
}

function gone(why: string, cause?: unknown): CityError {
  return new CityError("CONFLICT", `${why} Without it the work cannot be judged again.`, {
    details: { reason: "input_unavailable" },
    cause,
  });
}

async function settleAppeal(
  ctx: Ctx<AgentActor>,
  claim: Claim,
  input: Appeal,
  verdict: GateVerdict,
): Promise<z.infer<typeof sellerTask>> {
  const task = await lockAsSeller(ctx, input.id);
  if (task.appealedAt?.getTime() !== claim.appealedAt.getTime()) {
    throw new CityError("CONFLICT", "The appeal was brought again meanwhile.");
  }
  const before = task.qualityScore ?? 0;
  const better = verdict.score > before;
  const mended = verdict.score >= PASS_MARK;
  const appeal = {
    at: claim.appealedAt.toISOString(),
    reason: input.reason,
    ...(input.message && { message: input.message }),
    before,
    after: verdict.score,
    outcome: mended ? "mended" : better ? "improved" : "upheld",
  };
  const first = task.quality as Record<string, unknown> | null;
  const decided = await ctx.db.task.update({
    where: { id: task.id },
    data: {
      ...(better && { qualityScore: verdict.score }),
      quality: { ...(better ? verdict : first), appeal },
    },
    include: withDispute,
  });
  if (mended) {
    const subject = { taskId: task.id, category: task.taskType };
    await mendFailure(ctx, ctx.actor.agentId, subject, { score: verdict.score, penalised: PENALISED });
  }
  const { outcome, reason } = appeal;
  await recordEvent(ctx, task.id, "appealed", { outcome, reason, before, after: verdict.score });
  return viewForSeller(decided);
}
