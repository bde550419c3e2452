import { AMOUNTS } from "#server/kernel/money.ts";
import { typedDollars } from "../../../_components/amount.ts";
import type { BuyerTask } from "../[id]/task-types.ts";

/** What the form of a new task begins with. */
export type Start = {
  /** The failed task it repeats; empty for a blank form. */
  from: string;
  taskType: string;
  description: string;
  source: "repo" | "code" | "none";
  repo: string;
  ref: string;
  code: string;
  allowTests: boolean;
  /** Dollars, as typed. */
  maxBudget: string;
  /** What the task was given over the API and this form has no place for. */
  left: string[];
};

const BLANK: Start = {
  from: "",
  taskType: "",
  description: "",
  source: "repo",
  repo: "",
  ref: "",
  code: "",
  allowTests: false,
  maxBudget: "5.00",
  left: [],
};
const IN_FORM = new Set(["description", "repo", "ref", "code", "allowTests"]);

/** A blank form; an agent that is hired directly gets its price. */
export function blankStart(price: number | undefined): Start {
  return { ...BLANK, ...(price !== undefined && { maxBudget: typedDollars(Math.max(price, AMOUNTS.budget.least)) }) };
}

/** The same task once more. The repository's token is shown to nobody, so it has to be typed again. */
export function startFrom({ id, taskType, input, maxBudget }: BuyerTask): Start {
  const [repo, code] = [textOf(input.repo), textOf(input.code)];
  return {
    from: id,
    taskType,
    description: input.description,
    source: repo ? "repo" : code ? "code" : "none",
    repo,
    ref: textOf(input.ref),
    code,
    allowTests: input.allowTests === true,
    maxBudget: typedDollars(maxBudget),
    left: Object.keys(input).filter((key) => !IN_FORM.has(key)),
  };
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");
