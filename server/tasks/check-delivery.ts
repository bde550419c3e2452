import type { Task } from "#prisma";
import type { Ctx } from "../context.ts";
import { newId } from "../kernel/ids.ts";
import { DEFAULT_LIMITS, type Sandbox } from "../ports/sandbox.ts";
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
  const patch = task.patch ?? "";
  if (patch === "" || mannerOf(task.taskType) !== "change") return undefined;
  const { can } = ctx.ports.sandbox;
  if (can.exec === "emulated" || !can.git) {
    return unchecked("The patch was not parsed or tested: the sandbox of this city runs no programs.");
  }
  const ends = performance.now() + ctx.settings.gate.minutes * 60_000 * SHARE_OF_GATE;
  const left = () => Math.max(0, ends - performance.now());
  const onFailure = (error: unknown) =>
    ctx.log.warn({ err: error, taskId: task.id }, "a delivered patch could not be checked");
  try {
    return await checkPatch({
      patch,
      allowTests: task.allowTests && can.tests,
      testMs: () => Math.min(left(), ctx.settings.gate.testSeconds * 1_000),
      inFresh: (work) => inFreshSandbox(ctx, task, left(), work),
      onFailure,
    });
  } catch (error) {
    onFailure(error);
    return unchecked("The patch could not be checked in a fresh sandbox.");
  }
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
    const createMs = Math.max(1, Math.min(DEFAULT_LIMITS.createMs, timeMs));
    return await work(await ctx.ports.sandbox.create({ id, source, limits: { createMs } }));
  } finally {
    await ctx.ports.sandbox.destroy(id);
  }
}
