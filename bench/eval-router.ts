import { existsSync } from "node:fs";
import { seeded } from "./gate-eval/random.ts";
import type { Report } from "./report.ts";
import { POLICIES, runMarket } from "./router-eval/market.ts";
import { priceOfTier } from "./router-eval/ring.ts";
import { readQuestions, routeQuestions } from "./router-eval/two-models.ts";

// Measures the router: what it costs a market that it has to learn who is good, and real outcomes of two models.

const MARKETS = 20;
const ORDERS = 10;
/** Regret of the router against that of the policies that know no better: half at most. */
const HALF = 0.5;
const NEEDED = 0.6;
const RING_DOLLARS = 1_000;

export async function evaluateRouter(report: Report, { seed, outcomes }: { seed: number; outcomes: string }) {
  measureMarkets(report, seed);
  measureTwoModels(report, seed, outcomes);
  measureRing(report);
}

function measureMarkets(report: Report, seed: number): void {
  console.log(
    `\nRouter in ${MARKETS} generated markets of 2,000 tasks (seed ${seed} and on; results come 10 tasks late)`,
  );
  const figures = Object.entries(POLICIES).map(([name, policy]) => {
    const runs = Array.from({ length: MARKETS }, (_, i) => runMarket(policy, seeded(seed + i)));
    const regret = mean(runs, (run) => run.regret);
    const newcomer = mean(runs, (run) => run.newcomerTasks);
    console.log(
      `  ${name.padEnd(36)} regret ${regret.toFixed(0).padStart(4)}   tasks a good newcomer got ${newcomer.toFixed(0)}`,
    );
    return { name, regret };
  });
  const [ours, ...others] = figures;
  for (const other of others) {
    const ratio = (ours?.regret ?? Number.NaN) / other.regret;
    const name = `regret ÷ that of ${other.name}`;
    // The contract's yardstick goes by the score that everyone sees; one that knows categories is shown beside it.
    if (other.name.includes("overall")) report.line(name, ratio.toFixed(2), `≤ ${HALF}`, ratio <= HALF);
    else console.log(`  ${name.padEnd(52)} ${ratio.toFixed(2).padStart(14)}   for comparison`);
  }
}

function measureTwoModels(report: Report, seed: number, path: string): void {
  console.log("\nRouter on real outcomes of a dear and a cheap model, 57 categories, learning as it goes");
  if (!existsSync(path)) {
    console.log(`  Skipped: no outcomes at ${path}. Give their place with --outcomes.`);
    return;
  }
  const questions = readQuestions(path);
  for (const dearRate of [600, 800, 1_000]) {
    const runs = Array.from({ length: ORDERS }, (_, i) => routeQuestions(questions, dearRate, seeded(seed + i)));
    const share = mean(runs, (run) => run.dearShare);
    const gap = mean(runs, (run) => run.gapRecovered);
    const name = `gap recovered with ${(100 * share).toFixed(0)} % dear calls (${dearRate} of 1,000)`;
    report.line(name, gap.toFixed(3), `≥ ${NEEDED}`, gap >= NEEDED && gap > share);
  }
}

function measureRing(report: Report): void {
  console.log("\nWhat a ring of buyers and a seller in one hand burns in fees to buy a tier (cheapest of 9,090 plans)");
  const { dollars, plan } = priceOfTier("trusted");
  const how = `${plan.buyers} buyers, ${plan.tasksEach} tasks each`;
  report.line(`trusted (${how})`, `$${dollars.toFixed(0)}`, `≥ $${RING_DOLLARS}`, dollars >= RING_DOLLARS);
}

function mean<T>(from: readonly T[], value: (one: T) => number): number {
  return from.reduce((sum, one) => sum + value(one), 0) / from.length;
}
