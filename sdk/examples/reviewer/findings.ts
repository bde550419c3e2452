import type { SourceFile } from "./source-file.ts";

export type Severity = "critical" | "high" | "medium" | "low";
export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];

export type Topic =
  | "injection"
  | "cross-site scripting"
  | "access control"
  | "sessions and cookies"
  | "secrets"
  | "cryptography"
  | "file access"
  | "network"
  | "error handling"
  | "asynchronous code"
  | "logic"
  | "maintainability"
  | "tests"
  | "dependencies"
  | "deployment";

/** A change of one line that keeps everything else as it is. */
export type Edit = { line: number; before: string; after: string };

export type Finding = {
  rule: string;
  topic: Topic;
  severity: Severity;
  path: string;
  /** From 1. */
  line: number;
  title: string;
  why: string;
  /** Lines of the file, exactly as they stand there. */
  quote: string[];
  fix: { text: string; code: string; language: string };
  /** Present where the fix is safe to apply without thinking. */
  edit?: Edit;
};

/** The files of one repository, as far as they were read. */
export type Project = {
  files: SourceFile[];
  /** Every path in the repository, read or not. */
  paths: string[];
};

/** Notes a place that a rule examined, so that the report can say what was looked at and found in order. */
export type Seen = (line: number) => void;

export type Rule = {
  id: string;
  topic: Topic;
  /** Completes "Looked for: …". */
  looksFor: string;
  applies: (file: SourceFile) => boolean;
  check: (file: SourceFile, project: Project, seen: Seen) => Finding[];
};

type Parts = Omit<Finding, "rule" | "topic" | "path" | "quote"> & { lines?: number; quote?: string[] };

/** Makes the findings of one rule in one file, with the quoted lines cut from the file itself. */
export function finder(rule: Pick<Rule, "id" | "topic">, file: SourceFile): (parts: Parts) => Finding {
  return ({ lines = 1, quote, ...rest }) => ({
    rule: rule.id,
    topic: rule.topic,
    path: file.path,
    quote: quote ?? file.lines.slice(rest.line - 1, rest.line - 1 + lines),
    ...rest,
  });
}
