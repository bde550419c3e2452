import type { WorkSandbox } from "@ai-city/sdk";
import type { Finding, Project } from "./findings.ts";
import type { Workspace } from "./workspace.ts";

/** One program that ran in the sandbox, for the report. */
export type ToolRun = { name: string; files: number; problems: number };
export type ToolResult = { findings: Finding[]; runs: ToolRun[] };

/** Fed to `node -`: parses JSON, and TypeScript where this Node can strip types, without running any of it. */
const NODE_PARSER = `
const fs = require("fs"), m = require("module");
for (const path of JSON.parse(process.env.FILES)) {
  const text = fs.readFileSync(path, "utf8");
  try {
    if (path.endsWith(".json")) JSON.parse(text.replace(/^\\uFEFF/, ""));
    else if (m.stripTypeScriptTypes) m.stripTypeScriptTypes(text, { mode: "transform" });
  } catch (error) {
    const line = error.startLine || (/line (\\d+)/.exec(error.message) || [])[1] || 1;
    console.log(JSON.stringify({ path, line: Number(line), message: String(error.message).split("\\n")[0] }));
  }
}`;

/** Fed to `python3 -`: parses without leaving compiled files in the repository. */
const PYTHON_PARSER = `
import ast, json, os
for path in json.loads(os.environ["FILES"]):
    try:
        ast.parse(open(path, encoding="utf-8").read(), path)
    except SyntaxError as error:
        print(json.dumps({"path": path, "line": error.lineno or 1, "message": error.msg}))
`;

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Lets the sandbox's own programs parse every file they understand. Nothing of the repository is executed. */
export async function runTools(sandbox: WorkSandbox, workspace: Workspace, project: Project): Promise<ToolResult> {
  const result: ToolResult = { findings: [], runs: [] };
  const pathsOf = (pattern: RegExp) => project.files.map((f) => f.path).filter((path) => pattern.test(path));
  const note = (name: string, files: string[], problems: Problem[]) => {
    if (files.length === 0) return;
    result.runs.push({ name, files: files.length, problems: problems.length });
    for (const problem of problems) result.findings.push(...syntaxFinding(problem, name, project));
  };
  if (workspace.tools.has("node")) {
    const scripts = pathsOf(/\.[cm]?js$/);
    note(
      "node --check",
      scripts,
      await eachFile(sandbox, scripts, "node --check", /^(?:file:\/\/)?.*?:(\d+)$/m, /^(\w*Error: .*)$/m),
    );
    const parsed = pathsOf(/\.(?:json|[cm]?ts)$/).filter((path) => !/tsconfig|\.vscode|jsconfig/.test(path));
    note("a JSON and TypeScript parser on node", parsed, await viaStdin(sandbox, "node -", NODE_PARSER, parsed));
  }
  if (workspace.tools.has("python3")) {
    const files = pathsOf(/\.py$/);
    note("python3 (ast.parse)", files, await viaStdin(sandbox, "python3 -", PYTHON_PARSER, files));
  }
  if (workspace.tools.has("sh")) {
    const files = project.files
      .filter((f) => f.language === "shell" && !/^#!.*\b(?:bash|zsh)/.test(f.text))
      .map((f) => f.path);
    note("sh -n", files, await eachFile(sandbox, files, "sh -n", /(?:line |: )(\d+)[:,]/, /: ([^:\n]*)$/m));
  }
  return result;
}

type Problem = { path: string; line: number; message: string };

async function viaStdin(sandbox: WorkSandbox, program: string, script: string, files: string[]): Promise<Problem[]> {
  if (files.length === 0) return [];
  const command = `FILES=${quote(JSON.stringify(files))} ${program} <<'END_OF_SCRIPT'\n${script}\nEND_OF_SCRIPT`;
  const { stdout } = await sandbox.exec({ command, cwd: sandbox.repoPath, timeoutMs: 60_000 });
  return stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Problem] : []));
}

/** One process a file, in one call: each failing file is named before what the program said about it. */
async function eachFile(
  sandbox: WorkSandbox,
  files: string[],
  program: string,
  line: RegExp,
  message: RegExp,
): Promise<Problem[]> {
  if (files.length === 0) return [];
  const command = `for f in ${files.map(quote).join(" ")}; do out=$(${program} "$f" 2>&1) || printf '\\n@@@ %s\\n%s\\n' "$f" "$out"; done`;
  const { stdout } = await sandbox.exec({ command, cwd: sandbox.repoPath, timeoutMs: 120_000 });
  return stdout
    .split("\n@@@ ")
    .slice(1)
    .map((part) => {
      const said = part.slice(part.indexOf("\n") + 1);
      return {
        path: part.split("\n")[0] ?? "",
        line: Number(line.exec(said)?.[1] ?? 1),
        message: message.exec(said)?.[1] ?? "syntax error",
      };
    });
}

function syntaxFinding(problem: Problem, tool: string, project: Project): Finding[] {
  const file = project.files.find((f) => f.path === problem.path);
  if (!file) return [];
  const line = Math.min(Math.max(1, problem.line), file.lines.length);
  return [
    {
      rule: "does-not-parse",
      topic: "logic",
      severity: "critical",
      path: file.path,
      line,
      title: `${file.path} does not parse`,
      why: `${tool} stops here: ${problem.message}. Nothing that loads this file can start.`,
      quote: [file.lines[line - 1] ?? ""],
      fix: {
        text: "Repair the line, then check it the way this review did:",
        language: "sh",
        code: /\.py$/.test(file.path)
          ? `python3 -m py_compile ${file.path}`
          : /\.[cm]?js$/.test(file.path)
            ? `node --check ${file.path}`
            : `${tool.split(" ")[0]} ${file.path}`,
      },
    },
  ];
}
