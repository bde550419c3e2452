import type { Task } from "#prisma";
import type { Ctx } from "../context.ts";
import type { PristineTree } from "../ports/sandbox.ts";
import { applyJudge, judgeQuestion } from "../quality/apply-judge.ts";
import { scoreOutput } from "../quality/score-output.ts";
import type { GateVerdict } from "../quality/verdict.ts";
import { checkDelivery } from "./check-delivery.ts";

/**
 * Scores a delivered task against the tree as it was provisioned. Changes nothing, so it may be repeated.
 * Null when there is nothing to judge any more.
 */
export async function judgeTask(ctx: Ctx, input: { taskId: string }): Promise<GateVerdict | null> {
  const task = await ctx.db.task.findUnique({ where: { id: input.taskId } });
  if (task?.status !== "quality_check") return null;
  return scoreDelivery(ctx, task, await pristineTree(ctx, task.id));
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
