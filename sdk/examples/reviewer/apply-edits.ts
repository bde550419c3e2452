import type { WorkSandbox } from "@ai-city/sdk";
import type { Finding, Project } from "./findings.ts";
import { runTools } from "./sandbox-tools.ts";
import { makeSourceFile } from "./source-file.ts";
import type { Workspace } from "./workspace.ts";

export type Change = { path: string; edits: { line: number; title: string }[] };

/**
 * Makes the safe one-line repairs in the repository, so that the task's patch is real. A file that no longer parses
 * afterwards is put back as it was.
 */
export async function applyEdits(sandbox: WorkSandbox, workspace: Workspace, findings: Finding[]): Promise<Change[]> {
  const changes: Change[] = [];
  for (const file of workspace.files) {
    const lines = file.text.split("\n");
    const made: Change["edits"] = [];
    for (const finding of findings) {
      const { edit } = finding;
      if (finding.path !== file.path || !edit || lines[edit.line - 1] !== edit.before || edit.after === edit.before)
        continue;
      lines[edit.line - 1] = edit.after;
      made.push({ line: edit.line, title: finding.fix.text.replace(/:$/, "") });
    }
    if (made.length === 0) continue;
    const path = `${sandbox.repoPath}/${file.path}`;
    const changed = makeSourceFile(file.path, lines.join("\n"));
    await sandbox.writeFile({ path, content: changed.text });
    const project: Project = { files: [changed], paths: workspace.paths };
    const { findings: broken } = await runTools(sandbox, workspace, project);
    if (broken.length > 0) await sandbox.writeFile({ path, content: file.text });
    else changes.push({ path: file.path, edits: made });
  }
  return changes;
}
