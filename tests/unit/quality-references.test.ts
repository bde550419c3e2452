import { describe, expect, test } from "vitest";
import { scoreOutput } from "#server/quality/score-output.ts";
import type { GateInput, PristineTree, ReferenceReport } from "#server/quality/verdict.ts";

const FILES: Readonly<Record<string, string>> = {
  "src/server.ts":
    'import http from "node:http";\nconst port = Number(process.env.PORT);\nhttp.createServer(answer).listen(port);\n',
  "src/components/Button.tsx": "x\n".repeat(30),
  "docs/My Guide.md": "# Guide\n",
  "app/(auth)/login/page.tsx": "l\n".repeat(10),
  "pages/[id].tsx": "p\n",
  ".github/workflows/ci.yml": "on: push\n".repeat(12),
  "lib/foo/bar.py": "def f():\n    return 1\n",
  "packages/@scope/core/index.ts": "c\n",
  "web/C++/x.cc": "c\n",
  "src/it's.ts": "q\n",
  "src/Ünïcode.ts": "u\n",
  Dockerfile: "FROM x\n".repeat(5),
  "package.json": "{}\n",
  "internal/database/pool.go": "package database\n",
  "docs/User Manual/Part One/intro.md": "i\n",
  "src/queue.js": 'const users = load("data/users.json");\nsend(job.data);\n',
};

function treeOf(files: Readonly<Record<string, string>>): PristineTree {
  return {
    paths: new Map(
      Object.entries(files).map(
        ([path, text]) => [path, { bytes: text.length, lines: text.split("\n").length - 1 }] as const,
      ),
    ),
    readText: async (path) => files[path] ?? null,
  };
}

async function check(output: string, more: Partial<GateInput> = {}): Promise<ReferenceReport> {
  const input: GateInput = {
    taskType: "code_review",
    description: "Review the code.",
    output,
    tree: treeOf(FILES),
    ...more,
  };
  return (await scoreOutput(input)).references;
}

describe("references that exist are confirmed and never flagged", () => {
  test.each([
    "`src/server.ts:3` is wrong",
    "src/server.ts, lines 1-3",
    "server.ts:2 is wrong",
    "see docs/My Guide.md",
    "the folder `docs/User Manual/` and `docs/User Manual/Part One`",
    "app/(auth)/login/page.tsx:10",
    "`pages/[id].tsx`",
    "[the workflow](.github/workflows/ci.yml#L12)",
    "Dockerfile:5",
    "line 3 of `src/server.ts`",
    "b/src/server.ts",
    "/home/user/repo/src/server.ts:2:1",
    "src\\server.ts(2,5)",
    "src\\components\\Button.tsx:10-20",
    "src/components/Button.tsx(10-20) is dead",
    "src/components/Button.tsx#L10-L20",
    "`src/server.ts`:2 is wrong",
    "**src/server.ts**:2 is wrong",
    "web/C++/x.cc",
    "src/it's.ts",
    "src/Ünïcode.ts:1",
    "lib/foo/bar.py::f",
    "packages/@scope/core/index.ts",
    "src/{server.ts,components/Button.tsx}",
    "`lib/foo/`",
    "--config=src/server.ts",
  ])("%s", async (output) => {
    const references = await check(output);
    expect(references.invented).toEqual([]);
    expect(references.confirmed).toBeGreaterThan(0);
  });
});

describe("references that do not exist are always found", () => {
  test.each([
    ["`src/fake.ts`", "path"],
    ["src/Server.ts", "path"],
    ["src/server.js", "path"],
    ["Add a null check in `src/fake.ts`.", "path"],
    ["UserService.java leaks.", "path"],
    ["`lib/foo/baz`", "path"],
    ["[x](src/gone.ts#L3)", "path"],
    ["| models/User.rb | High |", "path"],
    ["src/server.ts:4", "line"],
    ["line 99 of src/server.ts", "line"],
    ["`Button.tsx` (lines 20-31)", "line"],
    ["Dockerfile#L6", "line"],
    ["src/server.ts:0", "line"],
    ["`docs/User Manual/gone.md`", "path"],
    ["`src/server.ts`:9 is wrong", "line"],
    ["**src/server.ts**:9 is wrong", "line"],
    ["src/components/Button.tsx(20-40)", "line"],
    ["`src/queue.js:2` leaks `job.text` to `data/gone.json`.", "path"],
    ["### src/server.ts\n\n- Line 40: the port is not checked.", "line"],
    ["| File | Line |\n|---|---|\n| src/server.ts | 40 |", "line"],
  ])("%s", async (output, kind) => {
    expect((await check(output)).invented.map((one) => one.kind)).toContain(kind);
  });
});

describe("what merely looks like a path is left alone", () => {
  test.each([
    "Node.js 20.1.0, e.g. v1.2.3-beta.1, i.e. and/or TCP/IP, 24/7, 1/2",
    "https://example.com/a/b.ts and github.com/a/b/blob/main/x.ts",
    "`application/json`, `lodash/fp`, `@types/node`, `react-dom/client`, node:fs/promises",
    "`res.json()`, `process.env`, console.log, `req.body.name`, `event.ts`",
    "/etc/passwd, ~/.ssh/config, `/tmp/x.txt`, C:\\Windows\\x.dll, node_modules/a/index.js",
    "/api/v1/users and `/users/:id`, origin/main, `feature/login-page`, localhost:3000",
    "`#include <openssl/ssl.h>`, `string.h`, `database/sql`, `net/http.Client`, `Rails.env`, `django.db`",
    "`src/queue.js:2` sends `job.data` unchecked; `data/users.json` is read again each time",
    "mail a.b@example.com, CVE-2024-1234, CWE-89, postgres:16",
  ])("%s", async (output) => {
    expect((await check(output)).invented).toEqual([]);
  });
});

describe("files that do not exist yet", () => {
  test.each([
    "Create `src/limits.ts`.",
    "Add a new test `tests/limits.test.ts`.",
    "Extract the check into `src/a.ts` and `src/b.ts`.",
    "`SECURITY.md` is missing.",
    "There is no `docs/setup.md`.",
    "Neue Datei `src/limits.ts`: die Grenzen an einem Ort.",
    "Die Grenzen gehören in eine eigene Datei; `src/limits.ts` anlegen.",
    "Créer un nouveau fichier `src/limits.ts`.",
    "Crear el archivo `src/limits.ts`.",
    "建议新建文件 `src/limits.ts`。",
    "`src/limits.ts`を新規に作成する。",
    "Создать файл `src/limits.ts`.",
    "```diff\n--- /dev/null\n+++ b/src/new.ts\n@@ -0,0 +1 @@\n+export {};\n```",
  ])("announced ones are not inventions: %s", async (output) => {
    const references = await check(output);
    expect(references.invented).toEqual([]);
    expect(references.created.length).toBeGreaterThan(0);
  });

  test("files the seller made are listed apart", async () => {
    const references = await check("`src/limits.ts` holds the limit now.", {
      patch: { text: "", createdPaths: ["src/limits.ts"], truncated: false },
    });
    expect(references).toMatchObject({ invented: [], created: ["src/limits.ts"] });
  });

  test.each([
    "`src/limits/index.ts:3`",
    "`src/limits/`",
    "`src/limits`",
    "`limits/index`",
    "docs/New Guide.md, line 2",
    "the New Guide.md",
  ])("what the seller made is found as the repository's own files are: %s", async (output) => {
    const createdPaths = ["src/limits/index.ts", "docs/New Guide.md"];
    const references = await check(output, { patch: { text: "", createdPaths, truncated: false } });
    expect(references.invented).toEqual([]);
    expect(references.created.length).toBeGreaterThan(0);
  });

  test("where a change is asked for, a path alone above a block of code offers a file; in a review it claims one", async () => {
    const output = "### `src/limits.ts`\n\n```ts\nexport const LIMIT = 3;\n```\n";
    expect(await check(output, { taskType: "code_generation" })).toMatchObject({
      invented: [],
      created: ["src/limits.ts"],
    });
    expect((await check(output)).invented).toMatchObject([{ kind: "path" }]);
  });

  test("lines that a patch adds may be cited, whatever letters the file is named with", async () => {
    const name = '"b/src/\\303\\234n\\303\\257code.ts"';
    const text = `--- ${name.replace("b/", "a/")}\n+++ ${name}\n@@ -1 +1,3 @@\n u\n+v\n+w\n`;
    const references = await check("`src/Ünïcode.ts:3` is new.", {
      patch: { text, createdPaths: [], truncated: false },
    });
    expect(references.invented).toEqual([]);
  });

  test("a proposed diff against a file that is not there is an invention", async () => {
    const output = "```diff\n--- a/src/gone.ts\n+++ b/src/gone.ts\n@@ -1 +1 @@\n-old\n+new\n```";
    expect((await check(output)).invented).toMatchObject([{ kind: "path", text: "src/gone.ts" }]);
  });
});

describe("quoted code", () => {
  test("a quotation that stands in the named file is confirmed, whatever its spacing", async () => {
    const references = await check(
      "The current code in `src/server.ts`:\n\n```ts\nconst port=Number(process.env.PORT)\n```",
    );
    expect(references.invented).toEqual([]);
  });

  test.each([
    ["numbered lines", "  2\tconst port = Number(process.env.PORT);\n  3\thttp.createServer(answer).listen(port);"],
    ["what grep found", "src/server.ts:2:const port = Number(process.env.PORT);"],
    ["a remark", "const port = Number(process.env.PORT);   <-- NaN when it is not set"],
    ["what is left out", "const port = …\r\n\thttp.createServer(answer).listen(port);\r"],
  ])("a quotation with %s is found", async (_, code) => {
    const references = await check(`The current code in \`src/server.ts\`:\n\n\`\`\`\n${code}\n\`\`\``);
    expect(references.invented).toEqual([]);
    expect(references.confirmed).toBeGreaterThan(1);
  });

  test.each([
    "```console\n$ npm test\n1 failed\n```",
    "```\nTypeError: port is not a number\n    at listen (src/server.ts:3:1)\n```",
  ])("what a program printed is no quotation: %j", async (printed) => {
    expect((await check(`Evidence, found in \`src/server.ts\`:\n\n${printed}`)).invented).toEqual([]);
  });

  test("a function is called by its name, whatever it is passed", async () => {
    const calls = (name: string) => check(`\`src/server.ts:3\` calls \`${name}()\` too early.`);
    expect((await calls("http.createServer")).invented).toEqual([]);
    expect((await calls("http.createSocket")).invented.map((one) => one.kind)).toEqual(["snippet"]);
  });

  test.each([
    ["ends alike", "const offset = 3;\nwindow.scrollTo(offset, 0);\n"],
    ["is spoken of", "// set it before the page is left\n"],
  ])("a function is not called where another word %s", async (_, code) => {
    const tree = treeOf({ ...FILES, "src/page.ts": code });
    const { invented, confirmed } = await check("`src/page.ts:1` calls `authService.set()` too early.", { tree });
    // The file and the line that are cited, and no more.
    expect([invented, confirmed]).toEqual([[], 2]);
  });

  test.each([
    ["React.useState", "const [id, setId] = useState<string>('');\n"],
    ["client.fetchUser", "export const fetchUser = async (id: string) => ask(id);\n"],
    ["text.parse", "let port = text.parse::<u16>();\n"],
    ["props.onClose", "onClose?.();\n"],
    ["tokio::select!", "tokio::select! { _ = stop => {} }\n"],
  ])("%s() is found with types between, or where it is declared", async (name, code) => {
    const tree = treeOf({ ...FILES, "src/page.ts": code });
    const { invented, confirmed } = await check(`\`src/page.ts:1\` calls \`${name}()\` too early.`, { tree });
    expect([invented, confirmed]).toEqual([[], 3]);
  });

  test.each([
    ["page.handleClick", "const handleClick = event => {};\n"],
    ["page.handleClick", "exports.handleClick = function (event) {};\n"],
    ["app.requireLogin", "app.use(requireLogin);\n"],
    ["order.total_price", "def total_price\n  0\nend\n"],
  ])("%s() is no invention where the file has it in a form of its own: %s", async (name, code) => {
    const tree = treeOf({ ...FILES, "src/page.ts": code });
    expect((await check(`\`src/page.ts:1\` calls \`${name}()\` too early.`, { tree })).invented).toEqual([]);
  });

  test("an invented line does not come true by being quoted again and again", async () => {
    const quoted = (...lines: string[]) =>
      check(`The current code in \`src/server.ts\`:\n\n\`\`\`ts\n${lines.join("\n")}\n\`\`\``);
    const [real, invented] = ["const port = Number(process.env.PORT);", 'const secret = readSecret("abc");'];
    expect((await quoted(invented, invented)).invented.map((one) => one.kind)).toEqual(["snippet"]);
    expect((await quoted(real, invented, invented)).invented).toEqual([]);
  });

  test("a quotation that stands nowhere is an invention", async () => {
    const references = await check(
      'The current code in `src/server.ts`:\n\n```ts\nconst secret = readSecret("abc");\n```',
    );
    expect(references.invented.map((one) => one.kind)).toEqual(["snippet"]);
  });

  test("a proposed fix is never taken for a quotation", async () => {
    const references = await check("Fix for `src/server.ts`:\n\n```ts\nconst port = readPort(process.env);\n```");
    expect(references.invented).toEqual([]);
  });

  test("lines a diff claims to remove must be there", async () => {
    const diff = (old: string) =>
      `\`\`\`diff\n--- a/src/server.ts\n+++ b/src/server.ts\n@@ -2 +2 @@\n-${old}\n+const port = 1;\n\`\`\``;
    expect((await check(diff("const port = Number(process.env.PORT);"))).invented).toEqual([]);
    expect((await check(diff("const limit = findLimit(1, 2);"))).invented.map((one) => one.kind)).toEqual(["snippet"]);
  });

  test("a file that cannot be read, quoted again and again, does not use up the reading of others", async () => {
    const tree = treeOf(FILES);
    const paths = new Map([...tree.paths, ["data/big.json", { bytes: 1_500_000, lines: 9 }] as const]);
    const quote = (path: string, code: string) => `The current code in \`${path}\`:\n\n\`\`\`ts\n${code}\n\`\`\`\n`;
    const many = quote("data/big.json", '"key": "a value"').repeat(20);
    const references = await check(many + quote("src/server.ts", 'const secret = readSecret("abc");'), {
      tree: { ...tree, paths },
    });
    expect(references.invented.map((one) => one.kind)).toEqual(["snippet"]);
  });
});
