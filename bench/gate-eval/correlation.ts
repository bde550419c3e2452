import { scoreOutput } from "../../server/quality/score-output.ts";
import type { DimensionName } from "../../server/quality/verdict.ts";
import { treeOf } from "./synthetic-repo.ts";

/** One review of a diff, scored by a person from 1 to 5. */
export type RatedReview = {
  language?: string;
  annotator: string;
  diff: string;
  review: string;
  conciseness: number;
  comprehensiveness: number;
  relevance: number;
};

export type Rating = "relevance" | "comprehensiveness" | "conciseness";
export type GateRow = {
  annotator: string;
  exact: number;
  shares: Partial<Record<DimensionName, number>>;
  rated: RatedReview;
};

/** Runs the product's gate on every review; the tree holds what the diff shows of the changed file. */
export async function scoreReviews(reviews: readonly RatedReview[]): Promise<GateRow[]> {
  const rows: GateRow[] = [];
  for (const rated of reviews) {
    const verdict = await scoreOutput({
      taskType: "code_review",
      description: "Review this change.",
      material: rated.diff,
      output: rated.review,
      tree: treeOf(new Map([[`changed.${rated.language ?? "txt"}`, afterChange(rated.diff)]])),
    });
    const shares = Object.fromEntries(verdict.dimensions.map((one) => [one.name, one.points / one.max]));
    rows.push({ annotator: rated.annotator, exact: verdict.exact, shares, rated });
  }
  return rows;
}

function afterChange(diff: string): string {
  const kept = diff.split("\n").filter((line) => !/^[-\\]|^@@/.test(line));
  return kept.map((line) => line.slice(1)).join("\n");
}

/** Spearman's rank correlation, with the mean rank for ties. NaN where one side never varies. */
export function spearman(left: readonly number[], right: readonly number[]): number {
  const a = ranks(left);
  const b = ranks(right);
  const mean = (a.length + 1) / 2;
  let both = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = (a[i] ?? 0) - mean;
    const y = (b[i] ?? 0) - mean;
    both += x * y;
    aa += x * x;
    bb += y * y;
  }
  return both / Math.sqrt(aa * bb);
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const out = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to++;
    for (let i = from; i <= to; i++) out[order[i] ?? 0] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return out;
}

const FITTED: readonly DimensionName[] = ["substance", "relevance", "specificity", "originality"];
const STEPS = [0, 10, 20, 30, 45];

/** The dimension weights that agree best with people on these rows: how far the shipped ones are from a fit. */
export function fitWeights(rows: readonly GateRow[]): { weights: Record<string, number>; value: number } {
  const rated = rows.map((row) => row.rated.relevance);
  let best = { weights: {} as Record<string, number>, value: -1 };
  const visit = (depth: number, weights: Record<string, number>): void => {
    const name = FITTED[depth];
    if (name === undefined) {
      const value = spearman(weigh(rows, weights), rated);
      if (value > best.value) best = { weights: { ...weights }, value };
      return;
    }
    for (const step of STEPS) visit(depth + 1, { ...weights, [name]: step });
  };
  visit(0, {});
  return best;
}

/** The gate's own dimensions under other weights. */
export function weigh(rows: readonly GateRow[], weights: Record<string, number>): number[] {
  return rows.map((row) => FITTED.reduce((sum, name) => sum + (weights[name] ?? 0) * (row.shares[name] ?? 0), 0));
}
