import { parseArgs } from "node:util";
import { evaluateGate } from "./eval-gate.ts";
import { evaluateRouter } from "./eval-router.ts";
import { Report } from "./report.ts";

// The quality of the gate's and the router's judgement. Exit code 1 when a target is missed.
// Options: --reviews <jsonl>, --outcomes <csv>, --references <count>, --seed <number>.

const data = (name: string) => new URL(`../../shared/data/${name}`, import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    reviews: { type: "string", default: data("reviews-dev.jsonl") },
    outcomes: { type: "string", default: data("routing-outcomes.csv") },
    references: { type: "string", default: "10000" },
    seed: { type: "string", default: "20260101" },
  },
});
const seed = Number(values.seed);
const report = new Report();
await evaluateGate(report, { seed, reviews: values.reviews, references: Number(values.references) });
await evaluateRouter(report, { seed, outcomes: values.outcomes });
process.exitCode = report.exitCode;
