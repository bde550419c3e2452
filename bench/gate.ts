import { scoreOutput } from "../server/quality/score-output.ts";
import { type Random, seeded } from "./gate-eval/random.ts";
import { makeRepo, type SyntheticRepo } from "./gate-eval/synthetic-repo.ts";
import { Report } from "./report.ts";

// How long the gate takes for a 100 kB review of a 5,000-file repository; target p95 ≤ 150 ms.

const ROUNDS = 60;
const OUTPUT_BYTES = 100_000;
const FILES = 5_000;
const TARGET_MS = 150;

function makeReview(random: Random, repo: SyntheticRepo): string {
  const parts = ["# Review"];
  for (let bytes = 0; bytes < OUTPUT_BYTES; ) {
    const path = random.pick(repo.paths);
    const lines = (repo.texts.get(path) ?? "").split("\n");
    const line = random.int(Math.max(1, lines.length - 1));
    const part = [
      `## ${random.pick(["High", "Medium", "Low"])}: finding in \`${path}:${line + 1}\``,
      `The value of \`${random.pick(lines).trim().split(" ")[1] ?? "it"}\` is read before it is checked, so case ${random.int(1e6)} fails.`,
      `Current code:\n\n\`\`\`\n${lines[line] ?? ""}\n\`\`\``,
      `Change it in ${random.pick(repo.paths)} and in \`src/gone/file${random.int(1e4)}.ts\` as well.`,
    ].join("\n\n");
    parts.push(part);
    bytes += part.length + 2;
  }
  return parts.join("\n\n").slice(0, OUTPUT_BYTES);
}

/** Milliseconds for one verdict, the repository already in memory. */
async function measure(): Promise<{ p50: number; p95: number }> {
  const random = seeded(42);
  const repo = makeRepo(random, FILES);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const output = makeReview(random, repo);
    const started = performance.now();
    await scoreOutput({
      taskType: "code_review",
      description: "Review the repository for bugs.",
      output,
      tree: repo.tree,
    });
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

const { p50, p95 } = await measure();
const report = new Report();
console.log(`  ${OUTPUT_BYTES / 1000} kB output, ${FILES} files, ${ROUNDS} rounds: p50 ${p50.toFixed(1)} ms`);
report.line("one verdict, p95", `${p95.toFixed(1)} ms`, `≤ ${TARGET_MS} ms`, p95 <= TARGET_MS);
process.exitCode = report.exitCode;
