import { setImmediate as letOthersWork } from "node:timers/promises";
import { ceilingOf } from "./ceiling.ts";
import { checkReferences } from "./check-references.ts";
import { weighFindings } from "./findings.ts";
import { normaliseText } from "./normalise-text.ts";
import { readDelivered } from "./patch-quality.ts";
import { readOutput } from "./read-output.ts";
import {
  type Evidence,
  originality,
  type Part,
  references,
  relevance,
  specificity,
  structure,
  substance,
} from "./score-dimensions.ts";
import { readStatements } from "./statements.ts";
import { readSubject } from "./subject.ts";
import {
  bandOf,
  type Dimension,
  type DimensionName,
  type GateInput,
  type GateVerdict,
  PASS_MARK,
  type PristineTree,
} from "./verdict.ts";
import { mannerOf, weightsFor } from "./weights.ts";

const DIMENSIONS: Readonly<Record<DimensionName, (evidence: Evidence) => Part>> = {
  substance,
  relevance,
  specificity,
  references,
  structure,
  originality,
};

/** More than this many references of a kind are counted, but not listed: the verdict is stored. */
const MAX_LISTED = 1_000;

/**
 * The deterministic quality gate: the same input always gives the same verdict, and nothing of the buyer's is run.
 * Reads text of the tree only for files the output names and for quotations to be found. It works on the server's own
 * thread, which others get between the parts of a long output.
 */
export async function scoreOutput(input: GateInput): Promise<GateVerdict> {
  const { text, hidden } = normaliseText(input.output);
  const description = normaliseText(input.description).text;
  const manner = mannerOf(input.taskType);
  const tree = input.tree && input.tree.paths.size > 0 ? input.tree : null;
  const handed = input.material ?? (tree && manner === "review" ? await onlyFile(tree) : undefined);
  const material = handed === undefined ? undefined : normaliseText(handed).text;
  const read = readOutput(text);
  const refs = tree ? await checkReferences(read, tree, input, manner) : null;
  await letOthersWork();
  const subject = await readSubject(description, material, tree, refs?.files ?? []);
  await letOthersWork();
  const statements = readStatements(read);
  await letOthersWork();
  const findings = weighFindings(statements, refs, subject, manner, input.taskType);
  await letOthersWork();
  const code = readDelivered(read, input.patch, input.syntax);
  const evidence: Evidence = {
    manner,
    taskType: input.taskType,
    description,
    read,
    refs,
    findings,
    subject,
    code,
    hidden,
  };
  const weights = weightsFor(manner, tree !== null);
  const dimensions: Dimension[] = [];
  let sum = 0;
  for (const [name, measure] of Object.entries(DIMENSIONS) as [DimensionName, (e: Evidence) => Part][]) {
    const max = weights[name];
    if (max === 0) continue;
    const { share, reasons } = measure(evidence);
    const points = max * Math.min(1, Math.max(0, share));
    sum += points;
    dimensions.push({ name, points: Math.round(points * 10) / 10, max, reasons });
  }
  const { ceiling, reason } = ceilingOf(refs, code, input.syntax, {
    manner,
    taskType: input.taskType,
    hasRepo: tree !== null,
  });
  if (reason && sum > ceiling) dimensions.at(-1)?.reasons.push(`Held at ${ceiling}: ${reason}`);
  const exact = Math.min(sum, ceiling);
  const score = Math.round(exact);
  return {
    score,
    exact,
    passed: score >= PASS_MARK,
    band: bandOf(score),
    ceiling,
    dimensions,
    references: {
      checked: refs?.checked ?? 0,
      confirmed: refs?.confirmed ?? 0,
      invented: (refs?.invented ?? []).slice(0, MAX_LISTED),
      created: (refs?.created ?? input.patch?.createdPaths ?? []).slice(0, MAX_LISTED),
    },
    ...(input.syntax && { checks: input.syntax }),
  };
}

/** A task with one small file is about that file, as if it had been handed in as code. */
async function onlyFile(tree: PristineTree): Promise<string | undefined> {
  const [only, ...others] = tree.paths;
  if (!only || others.length > 0 || only[1].bytes > 50_000) return undefined;
  return (await tree.readText(only[0])) ?? undefined;
}
