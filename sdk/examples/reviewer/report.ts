import type { Change } from "./apply-edits.ts";
import { fileNotes } from "./file-notes.ts";
import { type Finding, SEVERITIES, type Severity } from "./findings.ts";
import { inScope, type Request } from "./request.ts";
import type { Coverage, Review } from "./review.ts";
import type { ToolRun } from "./sandbox-tools.ts";
import type { Workspace } from "./workspace.ts";

const MAX_DETAILED = 30;

export type Report = {
  request: Request;
  review: Review;
  workspace: Pick<Workspace, "paths" | "files" | "unread">;
  runs: ToolRun[];
  changes: Change[];
  tests: { tests: string[]; untested: string[] };
};

/** The Markdown that the buyer gets. Says nothing that the repository does not bear out. */
export function writeReport(report: Report): string {
  const { request, workspace } = report;
  const lines = [`# ${request.headline || "Review"}`, ""];
  if (workspace.files.length === 0) return [...lines, ...nothingToRead(report)].join("\n");
  const findings = report.review.findings;
  const within = findings.filter((f) => inScope(request, f.path));
  const outside = findings.filter((f) => !inScope(request, f.path));
  const { detailed, brief } = divide(within);
  lines.push(...summary(report, within, outside), ...answers(report, within, outside), ...changed(report.changes));
  if (detailed.length > 0) lines.push("## Findings", "");
  for (const [index, finding] of detailed.entries()) lines.push(...detail(finding, index + 1));
  lines.push(...listed("Further places", brief), ...listed("Outside the files you named", outside));
  // With much to object to, the findings themselves show what was read.
  if (findings.length <= 3) lines.push(...section("File by file", fileNotes(workspace.files)));
  lines.push(...testState(report), ...inOrder(report.review.coverage), ...howChecked(report));
  return `${lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()}\n`;
}

/** Every grave finding in full; of the lesser ones the first of its kind, so that nothing is said twice. */
function divide(findings: Finding[]): { detailed: Finding[]; brief: Finding[] } {
  const detailed: Finding[] = [];
  const brief: Finding[] = [];
  const told = new Map<string, number>();
  for (const finding of findings) {
    const kind = `${finding.rule} ${finding.title.replace(/`[^`]*`|[\w$.]+\(\)|\d+/g, "")}`;
    const times = told.get(kind) ?? 0;
    const grave = finding.severity === "critical" || finding.severity === "high";
    if (detailed.length < MAX_DETAILED && (times === 0 || (grave && times < 4))) detailed.push(finding);
    else brief.push(finding);
    told.set(kind, times + 1);
  }
  return { detailed, brief };
}

function summary({ request, workspace }: Report, within: Finding[], outside: Finding[]): string[] {
  const lineCount = workspace.files.reduce((sum, f) => sum + f.lines.length, 0);
  const where =
    request.scope.length > 0
      ? ` The request names ${request.scope.map(code).join(", ")}, so what lies there comes first.`
      : "";
  const read = `${plural(workspace.files.length, "file")} with ${lineCount} lines were read.${where}`;
  const missing = request.absent.map((path) => `${code(path)} is not present in this repository.`).join(" ");
  const top = within[0] ?? outside[0];
  const verdict = top
    ? `${counts(within.length > 0 ? within : outside)}. The gravest: ${top.title.replace(/^./, (c) => c.toLowerCase())}, at ${place(top)}.`
    : "None of the checks found a fault of any severity; below is what they looked at.";
  return ["## Summary", "", [read, missing, verdict].filter(Boolean).join(" "), ""];
}

/** One line for each thing the buyer asked about, with what came of it. */
function answers({ request, review }: Report, within: Finding[], outside: Finding[]): string[] {
  const lines = request.topics
    .filter(({ topic }) => topic !== "tests")
    .map(({ topic, word }) => {
      const own = within.filter((f) => f.topic === topic);
      const looked = review.coverage.filter((c) => c.topic === topic);
      const name = word.toLowerCase() === topic ? topic : `${topic} (“${word}”)`;
      if (own.length > 0)
        return `- **${name}**: ${own
          .slice(0, 4)
          .map((f) => `${place(f)} ${f.severity}`)
          .join("; ")}${own.length > 4 ? `; ${own.length - 4} more below` : ""}.`;
      const elsewhere = outside.filter((f) => f.topic === topic);
      if (elsewhere.length > 0)
        return `- **${name}**: nothing in the files you named; elsewhere ${elsewhere
          .slice(0, 4)
          .map((f) => `${place(f)} ${f.severity}`)
          .join("; ")}.`;
      if (looked.length === 0) return `- **${name}**: there is no file here that this could concern.`;
      return `- **${name}**: nothing found in ${plural(Math.max(...looked.map((c) => c.files)), "file")}.`;
    });
  for (const word of request.beyond)
    lines.push(
      `- **${word}**: not judged. This agent parses and searches code; it neither measures nor weighs designs.`,
    );
  return lines.length > 0 ? ["## What you asked about", "", ...lines, ""] : [];
}

function detail(finding: Finding, number: number): string[] {
  return [
    `### ${number}. ${finding.title} (${finding.severity})`,
    "",
    `${place(finding)} reads:`,
    "",
    ...fenced(finding.quote, languageFor(finding)),
    "",
    finding.why,
    "",
    `**Fix.** ${finding.fix.text}`,
    "",
    ...fenced(finding.fix.code.split("\n"), finding.fix.language),
    "",
  ];
}

function changed(changes: Change[]): string[] {
  if (changes.length === 0) return [];
  const lines = changes.flatMap(({ path, edits }) => edits.map((e) => `- ${code(`${path}:${e.line}`)}: ${e.title}`));
  return [
    "## Changed in the repository",
    "",
    "These one-line repairs are in the patch of this task; every changed file still parses. Line numbers below are those before the change.",
    "",
    ...lines,
    "",
  ];
}

function section(title: string, lines: string[]): string[] {
  return lines.length > 0 ? [`## ${title}`, "", ...lines, ""] : [];
}

function listed(title: string, findings: Finding[]): string[] {
  if (findings.length === 0) return [];
  return [`## ${title}`, "", ...findings.map((f) => `- ${place(f)} (${f.severity}): ${f.title}`), ""];
}

function testState({ tests, workspace }: Report): string[] {
  const logic = workspace.files.filter((f) => f.functions.length > 0 && !f.isTest);
  if (logic.length === 0) return [];
  if (tests.tests.length === 0)
    return [
      "## Tests",
      "",
      `There is no test in the repository; ${plural(logic.length, "file")} with functions stand untested. A first one for ${code(logic[0]?.path ?? "")} would pay most where the findings above lie.`,
      "",
    ];
  const open =
    tests.untested.length === 0
      ? "Each source file is named by one of them."
      : `None of them mentions ${tests.untested.slice(0, 8).map(code).join(", ")}${tests.untested.length > 8 ? ` and ${tests.untested.length - 8} more` : ""}.`;
  return [
    "## Tests",
    "",
    `${plural(tests.tests.length, "test file")} (such as ${code(tests.tests[0] ?? "")}). ${open} They were not run.`,
    "",
  ];
}

function inOrder(coverage: Coverage[]): string[] {
  const clean = coverage.filter((c) => c.findings === 0);
  const partly = coverage.filter((c) => c.findings > 0 && c.inOrder.length > 0);
  const example = (c: Coverage) =>
    c.inOrder.length > 0
      ? ` ${plural(c.inOrder.length, "place")} handled well, such as ${code(`${c.inOrder[0]?.path}:${c.inOrder[0]?.line}`)}.`
      : "";
  const shown = clean.filter((c) => c.inOrder.length > 0);
  const lines = shown.map((c) => `- No sign of ${c.looksFor} in ${plural(c.files, "file")}.${example(c)}`);
  const plain = clean.filter((c) => c.inOrder.length === 0);
  for (const files of new Set(plain.map((c) => c.files))) {
    const kinds = plain.filter((c) => c.files === files).map((c) => c.looksFor);
    lines.push(`- No sign in ${plural(files, "file")} of ${kinds.join("; ")}.`);
  }
  for (const c of partly) lines.push(`- Besides the findings on ${c.looksFor}:${example(c)}`);
  return lines.length > 0 ? ["## Looked at and found in order", "", ...lines, ""] : [];
}

function howChecked({ runs, workspace }: Report): string[] {
  const tools = runs.map(
    (r) =>
      `${r.name} on ${plural(r.files, "file")} (${r.problems === 0 ? "all parse" : plural(r.problems, "problem")})`,
  );
  const said =
    tools.length > 0
      ? `In the sandbox: ${tools.join(", ")}.`
      : "The sandbox has no interpreter to parse with, so the files were read as text only.";
  const unread =
    workspace.unread.length > 0
      ? ` Not read: ${workspace.unread
          .slice(0, 6)
          .map((u) => `${code(u.path)} (${u.why})`)
          .join(", ")}.`
      : "";
  return [
    "## How this was checked",
    "",
    `${said} The rest comes from rules over the text, with comments and strings told apart from code; no part of the repository was run, and no language model took part.${unread}`,
    "",
  ];
}

function nothingToRead({ workspace }: Report): string[] {
  const what =
    workspace.paths.length === 0
      ? "The repository is empty"
      : `The repository holds ${plural(workspace.paths.length, "file")} (${workspace.paths.slice(0, 5).map(code).join(", ")}), none of a kind this agent can review`;
  return [
    "## Summary",
    "",
    `${what}. There is nothing to report on, and no finding is made up. Reviewed are JavaScript, TypeScript, Python, shell scripts, Dockerfiles, HTML templates and configuration files.`,
    "",
  ];
}

/** The fence is made longer than any run of backticks inside it. */
function fenced(lines: string[], language: string): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map((m) => m[0].length)));
  const mark = "`".repeat(longest + 1);
  return [mark + language, ...lines, mark];
}

function languageFor(finding: Finding): string {
  const ending = finding.path.split(".").at(-1) ?? "";
  return (
    {
      ts: "ts",
      tsx: "ts",
      js: "js",
      mjs: "js",
      cjs: "js",
      py: "python",
      sh: "sh",
      json: "json",
      html: "html",
      ejs: "html",
      yml: "yaml",
      yaml: "yaml",
    }[ending] ?? ""
  );
}

const code = (text: string) => `\`${text}\``;
const place = (f: Pick<Finding, "path" | "line">) => code(`${f.path}:${f.line}`);
const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function counts(findings: Finding[]): string {
  const parts = SEVERITIES.map((s): [Severity, number] => [s, findings.filter((f) => f.severity === s).length]).filter(
    ([, n]) => n > 0,
  );
  return `${plural(findings.length, "finding")}: ${parts.map(([s, n]) => `${n} ${s}`).join(", ")}`;
}
