import type { PristineTree } from "./verdict.ts";

/** How a repository's own tests are run, read from the pristine tree: a patch cannot choose what it is measured by. */
export type TestCommand = { readonly command: string; readonly told: string };

/** What one run of the tests said. Null counts: it did not say, and the exit code has to do. */
export type TestCounts = { readonly ran: number; readonly failed: number };

const SCRIPT = /\.[cm]?[jt]s$/;
const NODE_TEST = /(?:^|\/)(?:(?:test|tests|__tests__)\/|test-[^/]*$)|[.-]test\.[cm]?[jt]s$/;
const PYTHON_TEST = /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/;

/** The command for the tests at the root of the repository, or null when it has none that are known. */
export async function findTests(tree: PristineTree): Promise<TestCommand | null> {
  const script = testScript(await tree.readText("package.json"));
  // What `npm test` would do, without npm: the script, with the tools of node_modules before all others.
  if (script !== null) return { command: `PATH="$PWD/node_modules/.bin:$PATH"; ${script}`, told: script };
  const paths = [...tree.paths.keys()];
  if (paths.some((path) => SCRIPT.test(path) && NODE_TEST.test(path)))
    return { command: "node --test", told: "node --test" };
  if (!paths.some((path) => PYTHON_TEST.test(path))) return null;
  const pytest = "python3 -m pytest -q -p no:cacheprovider";
  const plain = "python3 -m unittest discover";
  return {
    command: `if python3 -c 'import pytest' 2>/dev/null; then ${pytest}; else ${plain}; fi`,
    told: "the Python tests",
  };
}

function testScript(manifest: string | null): string | null {
  try {
    const script = JSON.parse(manifest ?? "{}")?.scripts?.test;
    // What `npm init` writes stands for "there are none".
    return typeof script === "string" && script.trim() !== "" && !script.includes("no test specified") ? script : null;
  } catch {
    return null;
  }
}

/**
 * Reads the summary that the common runners print: node:test, pytest, unittest, jest, vitest, mocha. Where there is none
 * the whole run counts as one test.
 */
export function readCounts(output: string, exitCode: number): TestCounts {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: runners colour their summaries with escape sequences.
  const text = output.replaceAll(/\u001b\[[0-9;]*m/g, "");
  const last = (pattern: RegExp) => Number([...text.matchAll(pattern)].at(-1)?.[1] ?? 0);

  const node = last(/^(?:#|ℹ) tests (\d{1,9})$/gm);
  if (/^(?:#|ℹ) tests \d{1,9}$/m.test(text))
    return { ran: node, failed: last(/^(?:#|ℹ) fail (\d{1,9})$/gm) + last(/^(?:#|ℹ) cancelled (\d{1,9})$/gm) };

  const summary = [...text.matchAll(/^.*\b\d{1,9} (?:passed|failed|errors?)\b.*$/gm)].at(-1)?.[0];
  if (summary !== undefined) {
    const passed = Number(/\b(\d{1,9}) passed/.exec(summary)?.[1] ?? 0);
    const failed =
      Number(/\b(\d{1,9}) failed/.exec(summary)?.[1] ?? 0) + Number(/\b(\d{1,9}) errors?\b/.exec(summary)?.[1] ?? 0);
    return { ran: passed + failed, failed };
  }
  const python = last(/^Ran (\d{1,9}) tests? in/gm);
  if (python > 0 || /^Ran 0 tests in/m.test(text)) {
    return { ran: python, failed: last(/^FAILED \(.*failures=(\d{1,9})/gm) + last(/^FAILED \(.*errors=(\d{1,9})/gm) };
  }
  const mocha = last(/^[ \t]+(\d{1,9}) passing\b/gm);
  const failing = last(/^[ \t]+(\d{1,9}) failing\b/gm);
  if (mocha + failing > 0) return { ran: mocha + failing, failed: failing };
  return { ran: 1, failed: exitCode === 0 ? 0 : 1 };
}
