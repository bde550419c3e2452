import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONFIGS = ["package.json", "tsconfig.json", "biome.json", "knip.json", ".dependency-cruiser.js", ".gitignore"];
const bin = (name: string) => join(ROOT, "node_modules", ".bin", name);

/** The project's own settings over a tree of a few files, so that what is planted never stands in the real one. */
let tree: string;
beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), "city-planted-"));
  for (const config of CONFIGS) cpSync(join(ROOT, config), join(tree, config));
  symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"));
  symlinkSync(join(ROOT, ".git"), join(tree, ".git"));
  plant("server/tasks/get-task.ts", "export const getTask = 1;\n");
  plant("server/main.ts", 'import { getTask } from "./tasks/get-task.ts";\n\nconsole.log(getTask);\n');
  for (const folder of ["app", "inngest", "sdk/src", "sdk/examples", "tests", "bench"])
    plant(`${folder}/index.ts`, "export {};\n");
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

function plant(path: string, text: string): () => void {
  const file = join(tree, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return () => rmSync(file);
}

function run(program: string, args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(bin(program), args, { cwd: tree }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

const cruise = () =>
  run("depcruise", ["--config", ".dependency-cruiser.js", "app", "server", "inngest", "sdk/src", "sdk/examples"]);

describe("import directions", () => {
  test("the tree without a violation passes, and is not empty", async () => {
    const { code, output } = await cruise();
    expect(output).toMatch(/no dependency violations found \([1-9]\d* modules/);
    expect(code).toBe(0);
  });

  test.each([
    ["a slice that imports Stripe", "slices-know-no-transport", "server/tasks/x.ts", 'import "stripe";\n'],
    ["a ledger that knows a slice", "ledger-knows-no-slice", "server/ledger/x.ts", 'import "../tasks/get-task.ts";\n'],
    ["a kernel that knows anything", "kernel-knows-nothing", "server/kernel/x.ts", 'import "../tasks/get-task.ts";\n'],
    [
      "a page that takes server code",
      "pages-take-no-server-code",
      "app/x.ts",
      'import "../server/tasks/get-task.ts";\n',
    ],
    ["an SDK that is not alone", "sdk-stands-alone", "sdk/src/x.ts", 'import "zod";\n'],
    ["a cycle", "no-cycles", "server/tasks/x.ts", 'import "./y.ts";\n'],
  ])("%s fails the check", async (_, rule, path, text) => {
    const remove = [plant(path, text), plant("server/tasks/y.ts", 'import "./x.ts";\n')];
    const { code, output } = await cruise();
    for (const undo of remove) undo();
    expect(output).toContain(rule);
    expect(code).not.toBe(0);
  });
});

test("a wrong type fails the check", async () => {
  const remove = plant("server/wrong.ts", 'export const cents: number = "ten";\n');
  const { code, output } = await run("tsc", ["--noEmit", "--incremental", "false", "-p", "."]);
  remove();
  expect(output).toContain("server/wrong.ts");
  expect(code).not.toBe(0);
});

test("a lint violation fails the check", async () => {
  const remove = plant("server/lint.ts", "export function f(a: any) {\n  return a;\n}\n");
  const { code, output } = await run("biome", ["lint", "--vcs-enabled=false", "server/lint.ts"]);
  remove();
  expect(output).toContain("noExplicitAny");
  expect(code).not.toBe(0);
});

test("dead code fails the check", async () => {
  const remove = plant("server/dead.ts", "export const nobodyNeedsThis = 1;\n");
  const { code, output } = await run("knip", ["--include", "files"]);
  remove();
  expect(output).toContain("server/dead.ts");
  expect(code).not.toBe(0);
});
