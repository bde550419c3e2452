import { existsSync, readFileSync } from "node:fs";
import { measureAttacks } from "./gate-eval/attacks.ts";
import {
  fitWeights,
  type GateRow,
  type RatedReview,
  type Rating,
  scoreReviews,
  spearman,
  weigh,
} from "./gate-eval/correlation.ts";
import { measureReferences } from "./gate-eval/references.ts";
import type { Report } from "./report.ts";

// Measures the quality gate: agreement with people, references found and spared, attacks and padding.

export async function evaluateGate(
  report: Report,
  { seed, reviews, references }: { seed: number; reviews: string; references: number },
): Promise<void> {
  await measureAgreement(report, reviews);
  await measureFuzz(report, seed, references);
  await measureHostile(report, seed);
}

const RATINGS: readonly Rating[] = ["relevance", "comprehensiveness", "conciseness"];
const NEEDED = 0.54;

function agreement(rows: readonly GateRow[], rating: Rating): number {
  return spearman(
    rows.map((row) => row.exact),
    rows.map((row) => row.rated[rating]),
  );
}

async function measureAgreement(report: Report, path: string): Promise<void> {
  console.log("\nAgreement with people (Spearman; the gate's own score before rounding)");
  if (!existsSync(path)) {
    console.log(`  Skipped: no ratings at ${path}. Give their place with --reviews.`);
    return;
  }
  const lines = readFileSync(path, "utf8").split("\n");
  const reviews = lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as RatedReview);
  const rows = await scoreReviews(reviews);
  const annotators = [...new Set(rows.map((row) => row.annotator))].sort();
  const groups: [string, GateRow[]][] = annotators.map((one) => [
    `annotator ${one}`,
    rows.filter((row) => row.annotator === one),
  ]);
  groups.push(["all", rows]);
  for (const [name, group] of groups) {
    const figures = RATINGS.map((rating) => `${rating} ${agreement(group, rating).toFixed(3)}`).join("   ");
    console.log(`  ${name.padEnd(14)} n=${String(group.length).padEnd(6)} ${figures}`);
  }
  report.line(
    "relevance, all",
    agreement(rows, "relevance").toFixed(3),
    `> ${NEEDED}`,
    agreement(rows, "relevance") > NEEDED,
  );
  console.log(
    "  The constants of the gate were chosen with these rows in sight. Held out, the dimensions re-weighted:",
  );
  for (const fitOn of annotators) {
    const fit = fitWeights(rows.filter((row) => row.annotator === fitOn));
    for (const other of annotators.filter((one) => one !== fitOn)) {
      const held = rows.filter((row) => row.annotator === other);
      const value = spearman(
        weigh(held, fit.weights),
        held.map((row) => row.rated.relevance),
      );
      console.log(
        `  fit on ${fitOn}: ${fit.value.toFixed(3)}   on ${other}: ${value.toFixed(3)}   weights ${JSON.stringify(fit.weights)}`,
      );
    }
  }
}

async function measureFuzz(report: Report, seed: number, count: number): Promise<void> {
  const figures = await measureReferences(count, seed);
  console.log(`\nReferences (${figures.real + figures.invented} generated, seed ${seed})`);
  report.line(
    "invented ones found",
    `${figures.found}/${figures.invented}`,
    "100 %",
    figures.found === figures.invented,
  );
  report.line("real ones flagged", `${figures.flagged}/${figures.real}`, "0 %", figures.flagged === 0);
  report.line(
    "versions, URLs, packages, routes … misread",
    `${figures.misread}/${figures.harmless}`,
    "0 %",
    figures.misread === 0,
  );
  for (const example of figures.examples.slice(0, 10)) console.log(`    ${example}`);
}

async function measureHostile(report: Report, seed: number): Promise<void> {
  const figures = await measureAttacks(seed);
  console.log(`\nAttacks and padding (seed ${seed})`);
  report.line(
    "worthless outputs lifted to a pass",
    `${figures.lifted}/${figures.attacks}`,
    "0 of ≥200",
    figures.lifted === 0 && figures.attacks >= 200,
  );
  report.line(
    "scores raised by padding to ten times the length",
    `${figures.raised}/${figures.paddings}`,
    "0",
    figures.raised === 0,
  );
  report.line("honest reviews failed", `${figures.honestFailed}/${figures.honest}`, "0", figures.honestFailed === 0);
  for (const example of figures.examples.slice(0, 10)) console.log(`    ${example}`);
}
