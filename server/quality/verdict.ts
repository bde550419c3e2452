import type { PristineTree } from "#server/ports/sandbox.ts";

export type { PristineTree };

/**
 * What the quality gate takes and what it answers. Everything in a verdict is plain JSON, because it is
 * stored with the task, shown line by line on its page and passed between the steps of the gate.
 */

/** The diff the server took of the sandbox at `complete`. */
export type DeliveredPatch = { text: string; createdPaths: readonly string[]; truncated: boolean };

/** The repository's own tests, run without the patch and with it. */
export type TestReport = {
  /** As the repository names it. */
  command: string;
  ran: number;
  failed: number;
  /** The same run without the patch. */
  before: { ran: number; failed: number };
};

/** What a fresh sandbox found out about the patch. Null: could not be told, which costs nothing. */
export type SyntaxReport = {
  applies: boolean | null;
  /** Files changed by the patch that no longer parse. */
  broken: readonly { path: string; message: string }[];
  /** How many changed files were parsed. */
  parsed: number;
  /** The repository's own tests, where the buyer allowed them to run. */
  tests: TestReport | null;
  /** What was left out, and why, a sentence each. */
  notes: readonly string[];
};

/** Tests that passed without the patch and no longer do: they fail, or are gone. */
export function lostTests(syntax: SyntaxReport | undefined): number {
  const { tests } = syntax ?? {};
  return tests ? Math.max(0, tests.before.ran - tests.before.failed - (tests.ran - tests.failed)) : 0;
}

export type GateInput = {
  taskType: string;
  description: string;
  /** The seller's result; JSON results as their text. */
  output: string;
  tree: PristineTree | null;
  /** Code or a diff the buyer handed in with the task, besides the repository. */
  material?: string | undefined;
  /** The repository's name: people write `name/src/a.ts` when they mean `src/a.ts`. */
  repoName?: string | undefined;
  patch?: DeliveredPatch | undefined;
  syntax?: SyntaxReport | undefined;
};

export type DimensionName = "substance" | "relevance" | "specificity" | "references" | "structure" | "originality";

export type Dimension = { name: DimensionName; points: number; max: number; reasons: string[] };

export type ReferenceKind = "path" | "directory" | "line" | "snippet";

export type InventedReference = { kind: ReferenceKind; text: string; why: string };

export type ReferenceReport = {
  checked: number;
  confirmed: number;
  invented: InventedReference[];
  /** Files the seller made, or clearly announces as new: neither confirmed nor invented. */
  created: string[];
};

type Band = "fail" | "borderline" | "pass";

export type GateVerdict = {
  /** Integer from 0 to 100; 50 passes. */
  score: number;
  /** The same before rounding; for ranking and measurement, never for the decision. */
  exact: number;
  passed: boolean;
  band: Band;
  /** The most that the hard checks (references, patch, syntax) allow; no judge lifts a score above it. */
  ceiling: number;
  dimensions: Dimension[];
  references: ReferenceReport;
  /** What was found out by running, where a patch was delivered. */
  checks?: SyntaxReport;
  /** What a judge changed, where one was asked and answered. */
  judge?: { delta: number; reasons: string[] };
};

export const PASS_MARK = 50;
const BORDERLINE_TOP = 70;

/** The band a score falls in: below 50 fails, 50 to 70 may be looked at by a judge, above passes. */
export function bandOf(score: number): Band {
  if (score < PASS_MARK) return "fail";
  return score <= BORDERLINE_TOP ? "borderline" : "pass";
}
