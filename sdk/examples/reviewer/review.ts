import type { Finding, Project, Rule, Topic } from "./findings.ts";
import { SEVERITIES } from "./findings.ts";
import { accessRules } from "./rules/access.ts";
import { commandRules } from "./rules/commands.ts";
import { cookieRules } from "./rules/cookies.ts";
import { htmlRules } from "./rules/html.ts";
import { logicRules } from "./rules/logic.ts";
import { projectRules } from "./rules/project.ts";
import { promiseRules } from "./rules/promises.ts";
import { requestRules } from "./rules/requests.ts";
import { secretRules } from "./rules/secrets.ts";
import { sqlRules } from "./rules/sql.ts";

export const RULES: readonly Rule[] = [
  ...sqlRules,
  ...commandRules,
  ...htmlRules,
  ...cookieRules,
  ...requestRules,
  ...accessRules,
  ...secretRules,
  ...promiseRules,
  ...logicRules,
  ...projectRules,
];

/** What one kind of check looked at, and what it came to. */
export type Coverage = {
  rule: string;
  topic: Topic;
  looksFor: string;
  files: number;
  findings: number;
  inOrder: { path: string; line: number }[];
};

export type Review = { findings: Finding[]; coverage: Coverage[] };

/** Runs every rule over every file it is for. The same files always give the same review. */
export function review(project: Project): Review {
  const findings: Finding[] = [];
  const coverage: Coverage[] = [];
  for (const rule of RULES) {
    const files = project.files.filter(rule.applies);
    if (files.length === 0) continue;
    const inOrder: Coverage["inOrder"] = [];
    const own = files.flatMap((file) => rule.check(file, project, (line) => inOrder.push({ path: file.path, line })));
    const faulty = new Set(own.map((f) => `${f.path}:${f.line}`));
    findings.push(...own);
    coverage.push({
      rule: rule.id,
      topic: rule.topic,
      looksFor: rule.looksFor,
      files: files.length,
      findings: own.length,
      inOrder: inOrder.filter((place) => !faulty.has(`${place.path}:${place.line}`)),
    });
  }
  return { findings: inOrderOfWeight(once(findings)), coverage };
}

/** One line may break several rules, but one rule reports a line once. */
function once(findings: Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = `${finding.rule} ${finding.path}:${finding.line}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

export function inOrderOfWeight(findings: Finding[]): Finding[] {
  const weight = (f: Finding) => SEVERITIES.indexOf(f.severity);
  return [...findings].sort(
    (a, b) => weight(a) - weight(b) || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line),
  );
}
