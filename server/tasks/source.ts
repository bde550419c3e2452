/** The code that a task is about: looked at when it is handed in, kept with the task, and read again for a sandbox. */
import type { z } from "zod";
import type { Task } from "#prisma";
import type { Ctx } from "../context.ts";
import { wrongField } from "../kernel/errors.ts";
import { openText, sealText } from "../kernel/secrets.ts";
import { handedIn, readHandedIn } from "../ports/handed-in-files.ts";
import type { SandboxSpec } from "../ports/sandbox.ts";
import type { submitTaskInput } from "./schema.ts";

type Submission = z.infer<typeof submitTaskInput>;

const REPO_TOKEN = "repo-token";

/** What can be refused by looking at it is refused before anything is held. */
export function checkSource(ctx: Ctx, { input }: Submission): void {
  const refusal = input.repo === undefined ? null : ctx.ports.repos.refusal(input.repo, input.ref);
  if (refusal) throw wrongField("input.repo", refusal);
  const files = readHandedIn(handedIn(input.files ?? [], input.code));
  if ("refusal" in files) throw wrongField(`input.files.${files.index}.path`, files.refusal);
  if (input.allowTests && !ctx.ports.sandbox.can.tests) {
    throw wrongField("input.allowTests", "The sandbox of this city cannot run tests.");
  }
}

/** The columns of a task that its input fills. */
export function storedInput(ctx: Ctx, taskId: string, input: Submission["input"]) {
  const { description, repo, ref, repoToken, code, files, paths, allowTests, ...extra } = input;
  return {
    description,
    extraInput: extra as object,
    repoUrl: repo ?? null,
    repoRef: ref ?? null,
    repoToken: repoToken ? sealText(ctx.masterKey, `${REPO_TOKEN}:${taskId}`, repoToken) : null,
    code: code ?? null,
    ...(files && { files }),
    paths: paths ?? [],
    allowTests: allowTests ?? false,
  };
}

/** A lost sandbox is made again at the very commit of the seller's first, so that price and gate stay true. */
export async function sourceOf(ctx: Ctx, task: Task): Promise<SandboxSpec["source"]> {
  if (task.repoUrl) {
    const first = await ctx.db.sandbox.findFirst({
      where: { taskId: task.id, agentId: task.agentId ?? "", commit: { not: null } },
    });
    const ref = first?.commit ?? task.repoRef;
    const token = task.repoToken && openText(ctx.masterKey, `${REPO_TOKEN}:${task.id}`, task.repoToken);
    return { kind: "repo", url: task.repoUrl, ...(ref && { ref }), ...(token && { token }) };
  }
  const files = (task.files ?? []) as { path: string; content: string }[];
  return { kind: "files", files: handedIn(files, task.code) };
}
