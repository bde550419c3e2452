import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import cruiser from "../../.dependency-cruiser.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONFIGS = [
  ...["package.json", "tsconfig.json", "biome.json", "knip.json", ".dependency-cruiser.js", ".gitignore"],
  ...["redocly.yaml", ".spectral.yaml"],
];
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
      // Some write in colour wherever CI is set.
      resolve({ code: error ? Number(error.code) : 0, output: stripVTControlCharacters(stdout + stderr) }),
    );
  });
}

const cruise = () =>
  run("depcruise", ["--config", ".dependency-cruiser.js", "app", "server", "inngest", "sdk/src", "sdk/examples"]);

/** What is planted for each rule: who breaks it, in which file, and with what. */
const FORBIDDEN = [
  ["no-cycles", "a cycle", "server/tasks/cycle.ts", "./cycle-back.ts"],
  ["slices-know-no-transport", "a slice that imports Stripe", "server/tasks/pays.ts", "stripe"],
  ["slices-reach-ports-by-interface", "a slice with its adapter", "server/tasks/runs.ts", "../ports/mail/smtp.ts"],
  ["ledger-knows-no-slice", "a ledger that knows a slice", "server/ledger/asks.ts", "../tasks/get-task.ts"],
  ["kernel-knows-nothing", "a kernel that knows anything", "server/kernel/asks.ts", "../tasks/get-task.ts"],
  ["config-is-read-once", "a second reader of the configuration", "server/http/reads.ts", "../config.ts"],
  ["pages-take-no-server-code", "a page that takes server code", "app/takes.ts", "../server/tasks/get-task.ts"],
  ["sdk-stands-alone", "an SDK that is not alone", "sdk/src/leans.ts", "zod"],
  ["examples-use-the-sdk-only", "an example that is no ordinary seller", "sdk/examples/leans.ts", "zod"],
  ["no-unresolved", "an import that leads nowhere", "server/http/lost.ts", "./nowhere.ts"],
] as const;

describe("import directions", () => {
  /** All at once: each look at the tree takes its time. */
  let planted: { code: number; output: string };
  beforeAll(async () => {
    const remove = [
      ...FORBIDDEN.map(([_rule, _who, path, from]) => plant(path, `import "${from}";\n`)),
      plant("server/tasks/cycle-back.ts", 'import "./cycle.ts";\n'),
      plant("server/ports/mail/smtp.ts", "export {};\n"),
      plant("server/config.ts", "export {};\n"),
    ];
    planted = await cruise();
    for (const undo of remove) undo();
  });

  test("the tree without a violation passes, and is not empty", async () => {
    const { code, output } = await cruise();
    expect(output).toMatch(/no dependency violations found \([1-9]\d* modules/);
    expect(code).toBe(0);
  });

  test("a violation of every rule is planted", () => {
    const rules = cruiser.forbidden.map(({ name }) => name);
    expect(FORBIDDEN.map(([rule]) => rule).toSorted()).toEqual(rules.toSorted());
  });

  test.each(FORBIDDEN)("%s: %s fails the check", (rule, _who, path) => {
    // Of a cycle either file may be the one that is named.
    expect(planted.output).toContain(`error ${rule}: ${path.replace(".ts", "")}`);
    expect(planted.code).not.toBe(0);
  });
});

describe("the API document", () => {
  /** A document of one operation, whose body has this schema. */
  const documentWith = (schema: object) =>
    JSON.stringify({
      openapi: "3.1.0",
      info: { title: "Planted", version: "1" },
      paths: {
        "/things": {
          post: {
            requestBody: { content: { "application/json": { schema } } },
            responses: { 200: { description: "Done." } },
          },
        },
      },
    });

  test.each<[string, string, string, object]>([
    ["a reference that leads nowhere", "redocly", "no-unresolved-refs", { $ref: "#/components/schemas/Nothing" }],
    [
      "a text without a limit",
      "spectral",
      "request-string-limit",
      { type: "object", properties: { name: { type: "string" } } },
    ],
  ])("%s fails the check", async (_, linter, rule, schema) => {
    const remove = plant("openapi.tmp.json", documentWith(schema));
    const { code, output } = await run(linter, ["lint", "openapi.tmp.json"]);
    remove();
    // As an error: the planted document lacks more than this.
    expect(output).toMatch(new RegExp(`error +${rule}|Error was generated by the ${rule} rule`));
    expect(code).not.toBe(0);
  });
});

describe("the packed SDK", () => {
  /** What its package.json promises: the least of each file. */
  const FILES = {
    "dist/esm/index.js": "export const city = 1;\n",
    "dist/esm/index.d.ts": "export declare const city: 1;\n",
    "dist/cjs/index.js": "exports.city = 1;\n",
    "dist/cjs/index.d.ts": "export declare const city: 1;\n",
    "dist/cjs/package.json": '{ "type": "commonjs" }\n',
  };
  const LINTERS: Record<string, string[]> = { publint: ["packed", "--strict"], attw: ["--pack", "packed"] };
  beforeAll(() => {
    // Without its scripts: packing would build it.
    const { scripts: _, ...manifest } = JSON.parse(readFileSync(join(ROOT, "sdk/package.json"), "utf8"));
    plant("packed/package.json", JSON.stringify(manifest));
    for (const [path, text] of Object.entries(FILES)) plant(`packed/${path}`, text);
  });
  afterAll(() => rmSync(join(tree, "packed"), { recursive: true }));

  test.each(Object.keys(LINTERS))("one that keeps its promises passes %s", async (linter) => {
    const { code, output } = await run(linter, LINTERS[linter] ?? []);
    expect(output).toMatch(/All good!|No problems found/);
    expect(code).toBe(0);
  });

  test.each<[string, string, keyof typeof FILES, RegExp]>([
    [
      "an export that leads nowhere",
      "publint",
      "dist/cjs/index.js",
      /require\.default is \S+ but the file does not exist/,
    ],
    ["an entry without types", "attw", "dist/esm/index.d.ts", /no type declarations were found/],
  ])("%s fails the check", async (_what, linter, path, told) => {
    rmSync(join(tree, "packed", path));
    const { code, output } = await run(linter, LINTERS[linter] ?? []);
    plant(`packed/${path}`, FILES[path]);
    expect(output).toMatch(told);
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
