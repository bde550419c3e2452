import type { Sandbox } from "#server/ports/sandbox.ts";
import { type ParseResult, parseable, parseCommand, readParse } from "./parse-files.ts";
import { readDiff } from "./quoted-code.ts";
import { findTests, type TestCommand } from "./repo-tests.ts";
import { type Run, runTests } from "./run-tests.ts";
import type { SyntaxReport, TestReport } from "./verdict.ts";

export type PatchCheck = {
  /** Gives a sandbox as it was provisioned, for this piece of work alone, and destroys it afterwards. */
  readonly inFresh: <T>(work: (sandbox: Sandbox) => Promise<T>) => Promise<T>;
  readonly patch: string;
  /** The buyer lets the repository's own tests run. */
  readonly allowTests: boolean;
  /** Milliseconds that one run of the tests may take now; 0 once the time for all of this is used up. */
  readonly testMs: () => number;
  /** Hears of a sandbox that failed; what was found out until then stands. */
  readonly onFailure: (error: unknown) => void;
};

/** Inside the sandbox's own git folder, where a diff never reaches. */
const PATCH_FILE = ".git/delivered.patch";
const STEP_MS = 15_000;

/**
 * What only running can tell about a delivered patch: whether it applies, whether the changed files still parse, and
 * whether the repository's tests still pass. A file counts as broken only when it parsed before, or is new; a test counts
 * against the seller only when it passed before. What cannot be found out is said in `notes` and costs nothing.
 */
export async function checkPatch(check: PatchCheck): Promise<SyntaxReport> {
  const notes: string[] = [];
  const inside = await check.inFresh((sandbox) => checkInside(sandbox, check, notes));
  if (inside.tests === null) return inside.report;
  return { ...inside.report, tests: await judgeTests(check, inside.tests, inside.run, notes) };
}

/** Without tests to run, or how they ran with the patch. */
type Inside = { report: SyntaxReport; tests: null } | { report: SyntaxReport; tests: TestCommand; run: Run };

async function checkInside(sandbox: Sandbox, check: PatchCheck, notes: string[]): Promise<Inside> {
  const { testMs, onFailure } = check;
  const changed = readDiff(check.patch.split("\n"));
  const paths = parseable(changed.flatMap((file) => (file.newPath === null ? [] : [file.newPath])));
  const before = await parse(sandbox, paths);
  await sandbox.writeFile(PATCH_FILE, check.patch);
  const apply = await sandbox.exec(`git apply --whitespace=nowarn ${PATCH_FILE}`, { timeoutMs: STEP_MS });
  const unchecked = { broken: [], parsed: 0, tests: null, notes };
  if (apply.timedOut) {
    notes.push("Applying the patch took too long.");
    return { report: { applies: null, ...unchecked }, tests: null };
  }
  if (apply.exitCode !== 0) return { report: { applies: false, ...unchecked }, tests: null };
  const after = await parse(sandbox, paths);
  const brokenBefore = new Set(before.filter((file) => file.message !== null).map((file) => file.path));
  const broken = after.flatMap(({ path, message }) =>
    message === null || brokenBefore.has(path) ? [] : [{ path, message }],
  );
  const report: SyntaxReport = { applies: true, broken, parsed: after.length, tests: null, notes };

  const tests = check.allowTests ? await findTests(await sandbox.pristine()) : null;
  if (check.allowTests && tests === null) notes.push("The repository has no tests that this city knows how to run.");
  // Last of all: from here on the repository's own programs have run in this sandbox.
  if (tests === null) return { report, tests };
  const run = await runTwiceIfFailing(sandbox, tests, testMs).catch((error): Run => {
    onFailure(error);
    return "the sandbox was lost";
  });
  return { report, tests, run };
}

async function parse(sandbox: Sandbox, paths: readonly string[]): Promise<ParseResult[]> {
  if (paths.length === 0) return [];
  const wanted = new Set(paths);
  const { stdout } = await sandbox.exec(parseCommand(paths), { timeoutMs: STEP_MS });
  return readParse(stdout).filter((file) => wanted.has(file.path));
}

/** A test that fails now and then must not cost the seller anything. */
async function runTwiceIfFailing(sandbox: Sandbox, tests: TestCommand, testMs: () => number): Promise<Run> {
  const first = await runTests(sandbox, tests, testMs());
  if (typeof first !== "object" || first.failed === 0) return first;
  const second = await runTests(sandbox, tests, testMs());
  return typeof second === "object" && second.failed < first.failed ? second : first;
}

/** Compares with a run without the patch: only what passed there can be lost. */
async function judgeTests(
  { inFresh, testMs, onFailure }: PatchCheck,
  tests: TestCommand,
  patched: Run,
  notes: string[],
): Promise<TestReport | null> {
  const command = tests.told;
  const leftOut = (why: string) => {
    notes.push(`The repository's tests (${command}) were left out: ${why}.`);
    return null;
  };
  if (patched === "there was no time" || patched === "the sandbox was lost") return leftOut(patched);
  const before = await inFresh((sandbox) => runTests(sandbox, tests, testMs())).catch(onFailure);
  if (before === undefined) return leftOut("a second sandbox could not be had");
  if (typeof before !== "object") return leftOut(`without the patch, ${before}`);
  if (typeof patched === "object") {
    return before.ran + patched.ran === 0 ? leftOut("they hold no test") : { command, ...patched, before };
  }
  notes.push(`The repository's tests (${command}) ran without the patch; with it, ${patched}.`);
  return { command, ran: before.ran, failed: before.ran, before };
}
