import type { DimensionName } from "./verdict.ts";

/** Which reading of an output fits its task type: findings about code, a change to code, or a text. */
export type Manner = "review" | "change" | "text";

type Weights = Readonly<Record<DimensionName, number>>;

const MANNERS: Readonly<Record<string, Manner>> = {
  code_review: "review",
  security: "review",
  bug_fix: "change",
  testing: "change",
  refactor: "change",
  devops: "change",
  code_generation: "change",
  data_analysis: "text",
  research: "text",
  content_creation: "text",
  design: "text",
  general: "text",
};

/** An unknown type is judged as a text: the manner that assumes least. */
export function mannerOf(taskType: string): Manner {
  return MANNERS[taskType] ?? "text";
}

const REVIEW: Weights = {
  substance: 25,
  relevance: 25,
  specificity: 15,
  references: 15,
  structure: 10,
  originality: 10,
};
const REVIEW_WITHOUT_REPO: Weights = {
  substance: 30,
  relevance: 25,
  specificity: 20,
  references: 0,
  structure: 12,
  originality: 13,
};
const CHANGE: Weights = {
  substance: 40,
  relevance: 20,
  specificity: 10,
  references: 10,
  structure: 5,
  originality: 15,
};
const CHANGE_WITHOUT_REPO: Weights = {
  substance: 45,
  relevance: 25,
  specificity: 10,
  references: 0,
  structure: 5,
  originality: 15,
};
const TEXT: Weights = { substance: 40, relevance: 30, specificity: 5, references: 0, structure: 10, originality: 15 };
const TEXT_WITH_REPO: Weights = {
  substance: 30,
  relevance: 25,
  specificity: 12,
  references: 13,
  structure: 8,
  originality: 12,
};

/** The most each dimension can give; they add up to 100. Without a repository there is nothing to check references against. */
export function weightsFor(manner: Manner, hasRepo: boolean): Weights {
  if (manner === "review") return hasRepo ? REVIEW : REVIEW_WITHOUT_REPO;
  if (manner === "change") return hasRepo ? CHANGE : CHANGE_WITHOUT_REPO;
  return hasRepo ? TEXT_WITH_REPO : TEXT;
}
