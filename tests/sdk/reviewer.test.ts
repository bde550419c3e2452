import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { SellerTask } from "@ai-city/sdk";
import { expect, onTestFinished, test } from "vitest";
import { type Focus, reviewTask } from "../../sdk/examples/reviewer/review-task.ts";
import { type DiskSandbox, diskSandbox } from "./support/disk-sandbox.ts";

const demo = join(import.meta.dirname, "../../prisma/demo");
const SHOP = "Security review of the shop: SQL injection, XSS, session management, and bugs in the error handling.";

async function reviewOf(
  folder: string,
  options: { type?: string; description?: string; exec?: "real" | "none"; focus?: Focus } = {},
) {
  const sandbox = await diskSandbox(folder, options.exec);
  onTestFinished(() => sandbox.remove());
  const task = {
    id: "t",
    taskType: options.type ?? "code_review",
    input: { description: options.description ?? SHOP },
  };
  const output = await reviewTask(task as unknown as SellerTask, { sandbox }, options.focus ?? "general");
  return { text: String(output.result), sandbox };
}

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "reviewed-"));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

const linesOf = (folder: string, path: string) => readFileSync(join(folder, path), "utf8").split("\n");

/** Where the flaws were planted: a path, and a part of the line. */
const PLANTED: [string, string][] = [
  ["src/config.ts", "sessionSecret:"],
  ["src/config.ts", "apiKey:"],
  ["src/server.ts", "httpOnly: false"],
  ["src/db/pool.ts", "rejectUnauthorized: false"],
  ["src/db/products.ts", "`SELECT id, slug, name, price, stock"],
  ["src/db/orders.ts", "WHERE status = '\" + status"],
  ["src/auth/passwords.ts", 'createHash("md5")'],
  ["src/auth/passwords.ts", "Math.random()"],
  ["src/routes/account.ts", "!verifyPassword("],
  ["src/routes/account.ts", "req.body.password}"],
  ["src/routes/account.ts", "req.session.userId = user.id"],
  ["src/routes/account.ts", "Object.assign(user, req.body)"],
  ["src/routes/account.ts", "res.redirect(req.body.next"],
  ["src/routes/account.ts", "shop_session_hint"],
  ["src/routes/admin.ts", 'delete("/products/:id"'],
  ["src/routes/admin.ts", "execSync(`"],
  ["src/routes/catalogue.ts", "res.send(`<h1>"],
  ["src/routes/downloads.ts", "path.join(config.uploadDir, name)"],
  ["src/routes/orders.ts", "orderById(Number(req.params.id))"],
  ["src/routes/orders.ts", "!reserve(lines)"],
  ["src/routes/reviews.ts", 'delete("/:productId/:reviewId"'],
  ["src/routes/webhooks.ts", "signature !== expected"],
  ["src/services/mail.ts", "forEach(async"],
  ["src/services/payments.ts", "} catch (error) {"],
  ["src/services/pricing.ts", "i <= lines.length"],
  ["src/errors.ts", "err.stack"],
  ["src/views/product.ejs", "<%- product.description"],
  ["public/shop.js", "innerHTML"],
  ["scripts/deploy.sh", "rm -rf $BUILD_DIR"],
  ["scripts/deploy.sh", "curl -k"],
  ["reports/sales.py", "day}'"],
  ["reports/sales.py", "verify=False"],
  ["reports/sales.py", "totals={}"],
  ["reports/dashboard.py", "yaml.load("],
  ["reports/dashboard.py", "Markup("],
  ["reports/dashboard.py", "shell=True"],
  ["reports/dashboard.py", "eval("],
  ["reports/dashboard.py", "debug=True"],
  ["Dockerfile", "FROM node:latest"],
  ["package.json", '"latest"'],
];

test("at least nine of ten flaws planted in the demo shop are found, at their line", async () => {
  const { text } = await reviewOf(join(demo, "storefront"));
  const missed = PLANTED.filter(([path, part]) => {
    const lines = linesOf(join(demo, "storefront"), path).flatMap((line, i) => (line.includes(part) ? [i + 1] : []));
    expect(lines, `${path} has no line with ${part}`).not.toEqual([]);
    return !lines.some((line) => text.includes(`\`${path}:${line}\``));
  });
  expect(missed.length, JSON.stringify(missed)).toBeLessThanOrEqual(PLANTED.length / 10);
});

test.each(["storefront", "clean-lib"])(
  "every path and line said about %s exists, and every quotation is verbatim",
  async (name) => {
    const folder = join(demo, name);
    const { text } = await reviewOf(folder);
    const places = [...text.matchAll(/`([\w./-]+):(\d+)`/g)];
    for (const [, path = "", line] of places) expect(Number(line)).toBeLessThanOrEqual(linesOf(folder, path).length);
    const quotations = [...text.matchAll(/^`([\w./-]+):(\d+)` reads:\n\n(`{3,})\w*\n([\s\S]*?)\n\3$/gm)];
    for (const [, path = "", line, , quoted = ""] of quotations) {
      const there = linesOf(folder, path)
        .slice(Number(line) - 1)
        .join("\n");
      expect(there.startsWith(quoted), `${path}:${line} does not read ${quoted}`).toBe(true);
    }
    if (name === "storefront") expect(quotations.length).toBeGreaterThan(20);
  },
);

test("a tidy library gets no finding, and is told what was looked at", async () => {
  const { text } = await reviewOf(join(demo, "clean-lib"));
  expect(text).toContain("None of the checks found a fault of any severity");
  expect(text).not.toContain("## Findings");
  expect(text).toContain("## Looked at and found in order");
});

test("an empty repository is reported as empty, without findings", async () => {
  const { text } = await reviewOf(await folderWith({}));
  expect(text).toContain("The repository is empty");
  expect(text).not.toContain("Findings");
  const { text: pictures } = await reviewOf(await folderWith({ "logo.png": "\u0089PNG" }));
  expect(pictures).toContain("none of a kind this agent can review");
});

test("the same repository gets the same review twice, and nothing in it is changed", async () => {
  const first = await reviewOf(join(demo, "storefront"));
  const second = await reviewOf(join(demo, "storefront"));
  expect(second.text).toBe(first.text);
  const unchanged = await reviewOf(first.sandbox.repoPath);
  expect(unchanged.text).toBe(first.text);
});

test("where nothing can be run the files are reviewed all the same, and the report says so", async () => {
  const { text } = await reviewOf(join(demo, "storefront"), { exec: "none" });
  expect(text).toContain("no interpreter to parse with");
  expect(text).toContain("`reports/dashboard.py:38`");
});

test("files that do not parse are found by the sandbox's own programs", async () => {
  const folder = await folderWith({
    "a.js": "export const a = 1;\nconst b = ;\n",
    "b.py": "def f():\n    return (1\n",
    "c.sh": "if true; then\n  echo one\n",
    "d.json": '{\n  "a": 1,\n}\n',
  });
  const { text } = await reviewOf(folder);
  for (const place of ["a.js:2", "b.py:2", "d.json:3"]) expect(text).toContain(`\`${place}\` reads:`);
  expect(text).toContain("c.sh does not parse");
});

test("for a bug fix the safe repairs are made in the repository, and the files still parse", async () => {
  const { text, sandbox } = await reviewOf(join(demo, "storefront"), {
    type: "bug_fix",
    description: "Fix bugs in src/routes and src/services",
  });
  const changed = (path: string) => readFileSync(join(sandbox.repoPath, path), "utf8");
  expect(changed("src/services/pricing.ts")).toContain("i < lines.length");
  expect(changed("src/routes/account.ts")).toContain("!(await verifyPassword(String(password), user.passwordHash))");
  expect(changed("src/routes/orders.ts")).toContain("!(await reserve(lines))");
  // Outside what the buyer named nothing is touched.
  expect(changed("src/server.ts")).toBe(readFileSync(join(demo, "storefront/src/server.ts"), "utf8"));
  expect(text).toContain("## Changed in the repository");
  await expect(parses(sandbox)).resolves.toBe(true);
});

async function parses(sandbox: DiskSandbox): Promise<boolean> {
  const { exitCode } = await sandbox.exec(
    "for f in src/routes/*.ts src/services/*.ts; do node --check $f || exit 1; done",
  );
  return exitCode === 0;
}

test("what the buyer names comes first, and what is missing is said", async () => {
  const { text } = await reviewOf(join(demo, "storefront"), {
    description: "Review src/auth/ and src/payments/ for password hashing.",
  });
  expect(text).toContain("`src/payments` is not present in this repository");
  expect(text.indexOf("### 1. Passwords are hashed with MD5")).toBeGreaterThan(0);
  expect(text).toContain("## Outside the files you named");
});

test("code that does the right thing is left alone", async () => {
  const folder = await folderWith({
    "package.json": '{ "dependencies": { "pg": "8.13.1" } }',
    "src/good.ts": [
      "const COLUMNS = 'id, name';",
      "export async function find(id: string) {",
      `  const rows = await db.query(\`SELECT \${COLUMNS} FROM users WHERE id = $1\`, [id]);`,
      "  return rows[0];",
      "}",
      "export function show(el: HTMLElement, name: string) {",
      `  el.innerHTML = \`<b>\${escapeHtml(name)}</b>\`;`,
      '  el.innerHTML = "";',
      "}",
      "export async function main() {",
      "  await find('1');",
      "  void find('2');",
      "  find('3').catch(report);",
      "  try { await find('4'); } catch {",
      "    // The row is optional here.",
      "  }",
      "}",
      "// eval(input) and TODO-like words in comments are no code: createHash('md5')",
      'const text = "eval(x); SELECT is a word";',
      "const password = process.env.PASSWORD;",
      'res.cookie("session", id, { httpOnly: true, secure: true, sameSite: "lax" });',
      "for (let i = 0; i < list.length; i++) use(list[i]);",
    ].join("\n"),
    "tool.py":
      "import subprocess\n\n\ndef run(name, items=None):\n    try:\n        subprocess.run(['ls', name], check=True)\n    except ValueError:\n        return None\n",
  });
  const { text } = await reviewOf(folder);
  expect(text).toContain("None of the checks found a fault of any severity");
});
