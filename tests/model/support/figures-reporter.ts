import type { Reporter, TestModule } from "vitest/node";
import type { Figures } from "./figures.ts";

/** Prints what the machines of all files did together; files play in processes of their own. */
export default class FiguresReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const all = modules.flatMap((module) => [...module.children.allTests()]).map((test) => test.meta().figures);
    const figures = all.filter((one) => one !== undefined);
    for (const title of new Set(figures.map((one) => one.title))) {
      print(figures.filter((one) => one.title === title));
    }
  }
}

function print(figures: Figures[]): void {
  const [title, seconds] = [figures[0]?.title, Math.max(...figures.map((one) => one.seconds))];
  const accepted = sum(figures.map((one) => one.accepted));
  console.log(`\n== ${title}: ${total(accepted)} accepted moves, 0 violations, in ${seconds} s ==`);
  table("accepted moves", accepted);
  table("refused moves", sum(figures.map((one) => one.refused)));
  const edges = sum(figures.map((one) => one.edges ?? {}));
  if (edges.size > 0) table("postings by money edge", edges);
}

function sum(counts: Record<string, number>[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const [name, n] of counts.flatMap((one) => Object.entries(one))) all.set(name, (all.get(name) ?? 0) + n);
  return all;
}

const total = (counts: Map<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);

function table(title: string, counts: Map<string, number>): void {
  const rows = [...counts].sort((a, b) => b[1] - a[1]);
  console.log(`${title}: ${total(counts)}; rarest: ${rows.at(-1)?.[1]} × ${rows.at(-1)?.[0]}`);
  for (const [name, n] of rows) console.log(`  ${String(n).padStart(8)}  ${name}`);
}
