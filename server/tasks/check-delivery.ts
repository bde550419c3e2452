import type { Task } from "#prisma";
import { type Ctx, cityNow } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import type { Sandbox } from "../ports/sandbox.ts";
import { checkPatch } from "../quality/check-patch.ts";
import type { SyntaxReport } from "../quality/verdict.ts";
import { mannerOf } from "../quality/weights.ts";
import { sourceOf } from "./source.ts";

/** Of the gate's own time: what is left of it after this is for scoring and settling. */
const SHARE_OF_GATE = 0.6;

/**
 * Finds out, in sandboxes made for it and destroyed after it, what a delivered patch does: see `checkPatch`. Undefined where
 * nothing was changed, or the task is not about a change. A check that fails says so and costs the seller nothing.
 */
export async function checkDelivery(ctx: Ctx, task: Task): Promise<SyntaxReport | undefined> {
  if (!isChange(task)) return undefined;
  if (!runsPrograms(ctx)) {
    return unchecked("The patch was not parsed or tested: the sandbox of this city runs no programs.");
  }
  const ends = performance.now() + (await msForPrograms(ctx, task));
  const left = () => Math.max(0, ends - performance.now());
  if (left() === 0) return unchecked("The patch was not parsed or tested: there was no time left for it.");
  const onFailure = (error: unknown) =>
    ctx.log.warn({ err: error, taskId: task.id }, "a delivered patch could not be checked");
  try {
    return await checkPatch({
      patch: task.patch ?? "",
      allowTests: task.allowTests && ctx.ports.sandbox.can.tests,
      testMs: () => Math.min(left(), ctx.settings.gate.testSeconds * 1_000),
      inFresh: (work) => inFreshSandbox(ctx, task, left(), work),
      onFailure,
    });
  } catch (error) {
    onFailure(error);
    return unchecked("The patch could not be checked in a fresh sandbox.");
  }
}

/** Whether judging a delivery means to run programs now, which may take as long as the gate has. */
export async function isSlow(ctx: Ctx, task: Task): Promise<boolean> {
  return isChange(task) && runsPrograms(ctx) && (await msForPrograms(ctx, task)) > 0;
}

function isChange({ patch, taskType }: Task): boolean {
  return Boolean(patch) && mannerOf(taskType) === "change";
}

function runsPrograms({ ports }: Ctx): boolean {
  return ports.sandbox.can.exec === "real" && ports.sandbox.can.git;
}

/**
 * Milliseconds that programs may run from now on. The gate's deadline stands, however late the judging began and how
 * often it began anew; what is judged outside of the gate has as long, counted from now.
 */
async function msForPrograms(ctx: Ctx, task: Task): Promise<number> {
  const gateMs = ctx.settings.gate.minutes * 60_000;
  const leftMs = task.status === "quality_check" ? task.deadlineAt.getTime() - (await cityNow(ctx)).getTime() : gateMs;
  return leftMs - gateMs * (1 - SHARE_OF_GATE);
}

function unchecked(note: string): SyntaxReport {
  return { applies: null, broken: [], parsed: 0, tests: null, notes: [note] };
}

/** Made from the very source and commit that the seller was given. */
async function inFreshSandbox<T>(
  ctx: Ctx,
  task: Task,
  timeMs: number,
  work: (sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  const id = newId();
  try {
    const source = await sourceOf(ctx, task);
    const createMs = Math.max(1, Math.floor(Math.min(ctx.settings.execution.cloneSeconds * 1_000, timeMs)));
    return await work(await ctx.ports.sandbox.create({ id, source, limits: { createMs } }));
  } finally {
    await ctx.ports.sandbox.destroy(id);
  }
}
