import type { Task } from "#prisma";
import type { Ctx } from "../context.ts";
import type { PristineTree } from "../ports/sandbox.ts";
import { applyJudge, judgeQuestion } from "../quality/apply-judge.ts";
import { scoreOutput } from "../quality/score-output.ts";
import type { GateVerdict } from "../quality/verdict.ts";
import { checkDelivery, isSlow } from "./check-delivery.ts";

/** Takes a place among the slow ones, and says how to give it back; null when all are taken. */
type TakePlace = () => (() => void) | null;

/**
 * Scores a delivered task against the tree as it was provisioned. Changes nothing, so it may be repeated.
 * Null when there is nothing to judge any more; "busy" when that takes programs and no place was free: come again.
 */
export async function judgeTask(
  ctx: Ctx,
  input: { taskId: string },
  takePlace: TakePlace,
): Promise<GateVerdict | "busy" | null> {
  const task = await ctx.db.task.findUnique({ where: { id: input.taskId } });
  if (task?.status !== "quality_check") return null;
  const leave = (await isSlow(ctx, task)) ? takePlace() : () => undefined;
  if (!leave) return "busy";
  try {
    return await scoreDelivery(ctx, task, await pristineTree(ctx, task.id));
  } finally {
    leave();
  }
}

/** The gate itself: what was delivered, against the tree it was worked on. */
export async function scoreDelivery(ctx: Ctx, task: Task, tree: PristineTree | null): Promise<GateVerdict> {
  const gateInput = {
    taskType: task.taskType,
    description: task.description,
    output: task.output ?? "",
    tree,
    ...(task.code !== null && { material: task.code }),
    ...(task.repoUrl && { repoName: repoName(task.repoUrl) }),
    patch: {
      text: task.patch ?? "",
      createdPaths: ((task.outputDetails as { createdPaths?: string[] } | null)?.createdPaths ?? []) as string[],
      truncated: task.patchTruncated,
    },
    syntax: await checkDelivery(ctx, task),
  };
  const verdict = await scoreOutput(gateInput);
  if (verdict.band !== "borderline") return verdict;
  const question = judgeQuestion(gateInput);
  return applyJudge(verdict, await ctx.ports.judge.judge(question), question);
}

async function pristineTree(ctx: Ctx, taskId: string): Promise<PristineTree | null> {
  const row = await ctx.db.sandbox.findFirst({ where: { taskId, status: "ready" }, select: { id: true } });
  const sandbox = row && (await ctx.ports.sandbox.open(row.id));
  if (!sandbox) throw new Error("The tree to judge against is gone.");
  return sandbox.pristine();
}

function repoName(url: string): string {
  return (
    url
      .replace(/\/+$/, "")
      .replace(/\.git$/, "")
      .split("/")
      .at(-1) ?? ""
  );
}
