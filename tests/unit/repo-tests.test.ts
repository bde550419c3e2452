import { describe, expect, test } from "vitest";
import { findTests, readCounts } from "#server/quality/repo-tests.ts";
import type { PristineTree } from "#server/quality/verdict.ts";

function tree(files: Record<string, string>): PristineTree {
  const paths = new Map(Object.entries(files).map(([path, text]) => [path, { bytes: text.length, lines: 1 }] as const));
  return { paths, readText: async (path) => files[path] ?? null };
}

describe("which tests a repository has", () => {
  test.each([
    ["a test script", { "package.json": '{"scripts":{"test":"node --test src"}}' }, "node --test src"],
    [
      "npm's placeholder is none",
      { "package.json": '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}' },
      null,
    ],
    ["a broken manifest, but test files", { "package.json": "{", "src/a.test.ts": "" }, "node --test"],
    ["a folder of tests", { "test/cart.js": "" }, "node --test"],
    ["Python tests", { "app.py": "", "tests/test_app.py": "" }, "the Python tests"],
    ["code alone", { "src/main.ts": "", "README.md": "" }, null],
  ] as [string, Record<string, string>, string | null][])("%s", async (_, files, told) => {
    expect((await findTests(tree(files)))?.told ?? null).toBe(told);
  });
});

describe("what a runner's summary says", () => {
  test.each([
    ["node, TAP", "# tests 7\n# suites 0\n# pass 5\n# fail 1\n# cancelled 1\n", 1, { ran: 7, failed: 2 }],
    ["node, spec", "\u001b[34mℹ tests 3\u001b[39m\nℹ pass 3\nℹ fail 0\nℹ cancelled 0\n", 0, { ran: 3, failed: 0 }],
    ["node without tests", "# tests 0\n# pass 0\n# fail 0\n", 0, { ran: 0, failed: 0 }],
    ["pytest", "FAILED t.py::x\n=== 1 failed, 4 passed, 1 error in 0.12s ===\n", 1, { ran: 6, failed: 2 }],
    ["pytest -q", "....\n4 passed in 0.01s\n", 0, { ran: 4, failed: 0 }],
    ["unittest", "Ran 5 tests in 0.001s\n\nFAILED (failures=1, errors=2)\n", 1, { ran: 5, failed: 3 }],
    ["unittest without tests", "Ran 0 tests in 0.000s\n\nOK\n", 0, { ran: 0, failed: 0 }],
    ["jest", "Tests:       1 failed, 2 passed, 3 total\nTime: 1 s\n", 1, { ran: 3, failed: 1 }],
    [
      "vitest",
      " Test Files  1 failed (1)\n      Tests  1 failed | 2 passed (3)\n   Duration  3ms\n",
      1,
      { ran: 3, failed: 1 },
    ],
    ["mocha", "  3 passing (12ms)\n  1 failing\n", 1, { ran: 4, failed: 1 }],
    ["no summary, success", "all good\n", 0, { ran: 1, failed: 0 }],
    ["no summary, failure", "boom\n", 2, { ran: 1, failed: 1 }],
  ] as [string, string, number, { ran: number; failed: number }][])("%s", (_, output, exitCode, counts) => {
    expect(readCounts(output, exitCode)).toEqual(counts);
  });
});

describe("64 kB that a runner's program printed to be slow to read", () => {
  test.each([
    ["newlines", "\n".repeat(65_000)],
    ["spaces", " ".repeat(65_000)],
    ["digits", `${"1".repeat(65_000)} x, 1 passed`],
    ["escape sequences", "\u001b[0".repeat(16_000)],
    ["numbers of tests", `# tests ${"1".repeat(65_000)}`],
    ["failures", `FAILED (${"failures=".repeat(7_000)}`],
  ])("%s", (_, output) => {
    const started = process.cpuUsage();
    const { ran, failed } = readCounts(output, 1);
    const used = process.cpuUsage(started);
    expect((used.user + used.system) / 1_000).toBeLessThan(500);
    expect(Number.isSafeInteger(ran) && Number.isSafeInteger(failed)).toBe(true);
  });
});
