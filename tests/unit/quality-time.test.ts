/**
 * The gate reads on the server's own thread: whatever a seller delivers, and whatever a buyer's repository is like, one
 * verdict must stay cheap. A fair output of 100 kB takes about 80 ms; a hostile one of a megabyte must not take 5 s.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { markUntrusted } from "#server/ports/judge/mark-untrusted.ts";
import { applyJudge, judgeQuestion } from "#server/quality/apply-judge.ts";
import { HOSTILE_OUTPUTS, REPETITIVE } from "#tests/support/hostile-outputs.ts";
import { Scorer, type Scoring } from "#tests/support/score-in-worker.ts";

/** Of the processor's time, so that neighbours on the machine do not count. */
const MAX_MS = 5_000;
const MAX_MEGABYTES = 512;

let scorer: Scorer;
beforeAll(() => {
  scorer = new Scorer(MAX_MEGABYTES);
});
afterAll(() => scorer?.end());

async function score(more: Partial<Scoring> & Pick<Scoring, "output">): Promise<void> {
  const description = "Compare the code for bugs and security problems.";
  const scored = await scorer.score({ taskType: "code_review", description, inTree: true, ...more });
  expect(scored.cpuMs).toBeLessThan(MAX_MS);
  expect(scored.verdictBytes).toBeLessThan(2_000_000);
}

/** @throws for a name that is not in the table */
function hostile(name: string): string {
  const output = HOSTILE_OUTPUTS[name]?.();
  if (output === undefined) throw new Error(`no such output: ${name}`);
  return output;
}

describe("a verdict on a megabyte is cheap", () => {
  test.each(Object.keys(HOSTILE_OUTPUTS))("%s", (name) => score({ output: hostile(name) }));

  test("calls of short names", () => {
    const calls = Array.from({ length: 25_000 }, (_, i) => `index.ts:1 calls \`service.${i.toString(36)}()\`. `);
    return score({ output: calls.join("") });
  });
});

describe("and so it is where there is no repository", () => {
  test.each(["headings six deep", "one word of capitals", "long paths", "words and slashes", "ligatures that unfold"])(
    "%s",
    (name) => score({ output: hostile(name), taskType: "research", inTree: false }),
  );
});

describe("and where a megabyte of code was handed in", () => {
  const material = REPETITIVE;
  test.each(["six-word sentences", "six-word sentences on one line", "quoted words", "short code spans"])(
    "%s",
    (name) => score({ output: hostile(name), material }),
  );

  test("pieces of that code", () => score({ output: "He sees a red cat and a red cat. ".repeat(30_000), material }));

  test("code of brackets", () =>
    score({ output: "Wrong.", material: `${"a(".repeat(195)}\n`.repeat(2_600), description: "[(?{".repeat(5_000) }));
});

describe("and where a megabyte was changed", () => {
  const createdPaths = Array.from({ length: 50_000 }, (_, i) => `src/new/${i}/index.ts`);
  test.each([
    ["in many files", hostile("diff heads in prose")],
    ["in one line", `--- a/x.ts\n+++ b/x.ts\n@@ -1 +1 @@\n+${" a".repeat(490_000)}\n`],
    ["in file names", `--- a/${"a/".repeat(240_000)}\n+++ b/${"\t".repeat(490_000)}\n`],
  ])("%s", (_, text) =>
    score({
      output: hostile("paths that do not exist"),
      taskType: "bug_fix",
      patch: { text, createdPaths, truncated: false },
    }),
  );
});

test("what a judge is asked, and its quotations, are read as cheaply", () => {
  const rated = { rating: "good", quote: "a ".repeat(200) } as const;
  const judgement = { answers_request: rated, correct: rated, specific: rated, useful: rated };
  const references = { checked: 0, confirmed: 0, invented: [], created: [] };
  const verdict = { score: 60, exact: 60, passed: true, band: "borderline", ceiling: 100, dimensions: [] } as const;
  const started = process.cpuUsage();
  for (const output of [hostile("combining marks"), `${"a ".repeat(500_000)}x`, " ".repeat(1_000_000)]) {
    const question = judgeQuestion({ taskType: "research", description: "Say something.", output });
    markUntrusted({ request: question.description, result: question.output });
    applyJudge({ ...verdict, dimensions: [], references }, judgement, question);
  }
  const used = process.cpuUsage(started);
  expect((used.user + used.system) / 1_000).toBeLessThan(MAX_MS);
});
