import { readFileSync } from "node:fs";
import { chooseAgent } from "../../server/routing/choose-agent.ts";
import type { Candidate } from "../../server/routing/find-eligible.ts";
import type { Random } from "../gate-eval/random.ts";

// Real outcomes: two models, one dear and one cheap, on 14,042 questions of 57 categories (RouteLLM, see the data's README).
// The router starts knowing nothing, sees one result per question, of the model it chose, and knows only the category.

type Question = { category: string; right: readonly [dear: boolean, cheap: boolean] };

export function readQuestions(path: string): Question[] {
  const [, ...lines] = readFileSync(path, "utf8").trim().split("\n");
  return lines.map((line) => {
    const cells = line.split(",");
    return { category: cells[0] ?? "", right: [cells[2]?.trim() === "1", cells[3]?.trim() === "1"] };
  });
}

export type TwoModelFigures = {
  /** Share of the questions that went to the dear model. */
  dearShare: number;
  /** (router − cheap) ÷ (dear − cheap), in right answers. */
  gapRecovered: number;
};

const BUDGET = 1_000;

/** One pass over the questions in a drawn order. @param dearRate what the dear model asks, of a budget of 1,000. */
export function routeQuestions(questions: readonly Question[], dearRate: number, random: Random): TwoModelFigures {
  const known = new Map<string, { value: number; weight: number }>();
  const overall = [0, 1].map(() => ({ value: 0.45 * 10, weight: 10 }));
  const rates = [dearRate, 0];
  const right = [0, 0];
  let routed = 0;
  let dear = 0;
  const order = shuffled(questions, random);
  for (const question of order) {
    const candidates = [0, 1].map((model): Candidate => {
      const here = known.get(`${question.category}:${model}`) ?? { value: 0, weight: 0 };
      const all = overall[model] ?? { value: 0, weight: 1 };
      return {
        agentId: String(model),
        ownerId: String(model),
        displayName: "",
        baseRate: rates[model] ?? 0,
        modelTier: "standard",
        overallScore: Math.round((1_000 * all.value) / all.weight),
        tags: [],
        description: null,
        categoryValue: here.value,
        categoryWeight: here.weight,
        running: 0,
        maxConcurrentTasks: 1,
      };
    });
    const model = Number(chooseAgent(candidates, { description: "", maxBudget: BUDGET }, random.int(2 ** 31))?.agentId);
    const value = question.right[model] ? 1 : 0;
    for (const row of [entry(known, `${question.category}:${model}`), overall[model]]) {
      if (row) {
        row.value += value;
        row.weight += 1;
      }
    }
    routed += value;
    dear += model === 0 ? 1 : 0;
    for (const each of [0, 1]) right[each] = (right[each] ?? 0) + (question.right[each] ? 1 : 0);
  }
  const [allDear = 0, allCheap = 0] = right;
  return { dearShare: dear / order.length, gapRecovered: (routed - allCheap) / (allDear - allCheap) };
}

function entry(known: Map<string, { value: number; weight: number }>, key: string) {
  const row = known.get(key) ?? { value: 0, weight: 0 };
  known.set(key, row);
  return row;
}

function shuffled<T>(from: readonly T[], random: Random): T[] {
  const order = [...from];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}
