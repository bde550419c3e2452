import type { CompleteTaskInput, ExecInput, SellerTask, TaskWork, WriteFileInput } from "@ai-city/sdk";
import { applyEdits } from "./apply-edits.ts";
import type { Project, Topic } from "./findings.ts";
import { writeReport } from "./report.ts";
import { inScope, readRequest } from "./request.ts";
import { inOrderOfWeight, review } from "./review.ts";
import { untested } from "./rules/project.ts";
import { runTools } from "./sandbox-tools.ts";
import { openWorkspace } from "./workspace.ts";

export type Focus = "general" | "security" | "reliability";

/** Topics a focus leaves out, unless the buyer asks for them. */
const LEFT_OUT: Record<Focus, readonly Topic[]> = {
  general: [],
  security: ["maintainability", "tests"],
  reliability: ["cross-site scripting", "sessions and cookies"],
};

/** Reviews one task's repository and returns the output to deliver. */
export async function reviewTask(
  task: SellerTask,
  { sandbox }: Pick<TaskWork, "sandbox">,
  focus: Focus,
): Promise<CompleteTaskInput["output"]> {
  let calls = 0;
  const counted = countCalls(sandbox, () => {
    calls += 1;
  });
  const workspace = await openWorkspace(counted);
  const project: Project = { files: workspace.files, paths: workspace.paths };
  const tools = await runTools(counted, workspace, project);
  const request = readRequest(task.input.description, workspace.paths);
  const leftOut = LEFT_OUT[task.taskType === "security" ? "security" : focus].filter(
    (topic) => !request.topics.some((t) => t.topic === topic),
  );
  const found = review(project);
  const findings = inOrderOfWeight([...tools.findings, ...found.findings.filter((f) => !leftOut.includes(f.topic))]);
  const repairs = task.taskType === "bug_fix" || task.taskType === "refactor";
  const changes = repairs
    ? await applyEdits(
        counted,
        workspace,
        findings.filter((f) => inScope(request, f.path)),
      )
    : [];
  const result = writeReport({
    request,
    review: { findings, coverage: found.coverage.filter((c) => !leftOut.includes(c.topic)) },
    workspace,
    runs: tools.runs,
    changes,
    tests: untested(workspace.files, workspace.paths),
  });
  return { result, model: "none (rules and parsers)", turns: 1, toolCallCount: calls, actualApiCostCents: 0 };
}

function countCalls(sandbox: TaskWork["sandbox"], count: () => void): TaskWork["sandbox"] {
  const counting =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A) => {
      count();
      return call(...args);
    };
  return {
    ...sandbox,
    listFiles: counting((folder?: string) => sandbox.listFiles(folder)),
    readFile: counting((file: string) => sandbox.readFile(file)),
    writeFile: counting((input: WriteFileInput) => sandbox.writeFile(input)),
    exec: counting((input: string | ExecInput) => sandbox.exec(input)),
  };
}
