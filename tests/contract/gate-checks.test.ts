/** The part of the gate that runs programs: in a fresh sandbox of its own, for changes that were delivered. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "#server/kernel/ids.ts";
import { checkPatch } from "#server/quality/check-patch.ts";
import { findTools } from "#server/tools.ts";
import { startTestCity, type TestAgent, type TestCity } from "#tests/support/city.ts";
import { hireToWork } from "#tests/support/hire.ts";
import { slowSandboxes } from "#tests/support/slow-provider.ts";
import { until } from "#tests/support/until.ts";

const CART = `export function total(items) {
  let sum = 0;
  for (let i = 0; i <= items.length; i++) {
    sum += items[i].price * items[i].count;
  }
  return sum;
}
`;
const FIXED = CART.replace("<=", "<");
const TESTS = `import test from "node:test";
import assert from "node:assert";
import { total } from "./cart.js";
test("an empty cart costs nothing", () => assert.equal(total([]), 0));
test("a cart of one", () => assert.equal(total([{ price: 2, count: 3 }]), 6));
test("never worked", () => assert.fail("broken long ago"));
`;
const MANIFEST = '{ "type": "module", "scripts": { "test": "node --test" } }\n';
const SHOP = { "package.json": MANIFEST, "src/cart.js": CART, "src/cart.test.js": TESTS };
const STORY =
  "The loop in `src/cart.js:3` ran to `i <= items.length` and read `items[i]` past the end, where there is no price. It stops before the end now.";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity({ settings: { gate: { testSeconds: 5 } } });
});
afterAll(() => city?.stop());

async function fixer(of: TestCity): Promise<TestAgent> {
  const owner = await of.owner("Fixer");
  return owner.agent({ capabilities: [{ category: "bug_fix", tags: [] }], maxConcurrentTasks: 5 });
}

type Job = { files?: Record<string, string>; allowTests?: boolean; change: Record<string, string>; result?: unknown };

/** A fix that its seller has committed to. */
async function begun(of: TestCity, { files = SHOP, allowTests = true }: Partial<Job>) {
  const agent = await fixer(of);
  const input = {
    description: "The cart total throws for every cart. Find out why and fix it.",
    files: Object.entries(files).map(([path, content]) => ({ path, content })),
    ...(allowTests && { allowTests }),
  };
  return { agent, ...(await hireToWork(of, agent, { task: { taskType: "bug_fix", maxBudget: 1_500, input } })) };
}

/** From submission to the gate's verdict, as the buyer sees it. */
async function fixed(of: TestCity, { change, result = STORY, ...job }: Job) {
  const { buyer, agent, id } = await begun(of, job);
  for (const [path, content] of Object.entries(change)) await agent.client.sandbox.writeFile(id, { path, content });
  await agent.client.tasks.complete(id, { output: { result } });
  await of.idle();
  const task = await buyer.client.tasks.get(id);
  if (!("quality" in task) || !task.quality) throw new Error(`not judged: ${JSON.stringify(task)}`);
  return { ...task.quality, id, status: task.status };
}

test("a change of which nothing fits into a patch is refused, and can be made smaller", async () => {
  const { agent, id } = await begun(city, { allowTests: false });
  const { sandbox, tasks } = agent.client;
  await sandbox.writeFile(id, { path: "src/cart.js", content: FIXED });
  await sandbox.writeFile(id, { path: "dump.txt", content: "ten bytes\n".repeat(120_000) });
  const refused = { code: "VALIDATION_ERROR", details: { reason: "patch_too_large" } };
  await expect(tasks.complete(id, { output: { result: STORY } })).rejects.toMatchObject(refused);
  await sandbox.exec(id, { command: "rm dump.txt" });
  expect(await tasks.complete(id, { output: { result: STORY } })).toMatchObject({ patchTruncated: false });
});

describe.runIf(findTools().bwrap !== null)("with real programs in the sandbox", () => {
  test("a fix that parses and keeps the tests passing is paid; a test that failed before is not held against it", async () => {
    const quality = await fixed(city, { change: { "src/cart.js": FIXED } });
    expect(quality.status).toBe("completed");
    expect(quality.checks).toEqual({
      applies: true,
      parsed: 1,
      broken: [],
      tests: { command: "node --test", ran: 3, failed: 1, before: { ran: 3, failed: 3 } },
      notes: [],
    });
    // Neither the seller's sandbox nor the gate's own is left.
    expect(await city.ctx().ports.sandbox.sweep(new Set())).toEqual([]);
  });

  test("a change that breaks tests is held at 60, and the report says how many", async () => {
    const works = { ...SHOP, "src/cart.js": FIXED };
    const quality = await fixed(city, {
      files: works,
      change: { "src/cart.js": FIXED.replace("let sum = 0", "let sum = 1") },
    });
    expect(quality.checks?.tests).toMatchObject({ ran: 3, failed: 3, before: { ran: 3, failed: 1 } });
    expect(quality.ceiling).toBe(60);
    expect(JSON.stringify(quality.dimensions)).toContain("2 of the tests that passed without the patch no longer do.");
  });

  test("a change that no longer parses fails, by file and message", async () => {
    const quality = await fixed(city, { change: { "src/cart.js": FIXED.replace("return sum;", "return sum +;") } });
    expect(quality).toMatchObject({ passed: false, status: "failed" });
    expect(quality.checks?.broken).toEqual([{ path: "src/cart.js", message: expect.stringMatching(/./) }]);
  });

  test("where the run to compare with cannot be had, what was found out before it stands", async () => {
    const { sandbox } = city.ctx().ports;
    const failures: unknown[] = [];
    let made = 0;
    const report = await checkPatch({
      patch: `--- a/src/cart.js
+++ b/src/cart.js
@@ -5,3 +5,3 @@
   }
-  return sum;
+  return sum +;
 }
`,
      allowTests: true,
      testMs: () => 5_000,
      onFailure: (error) => void failures.push(error),
      inFresh: async (work) => {
        if (++made > 1) throw new Error("no machine is free");
        const id = newId();
        const files = Object.entries(SHOP).map(([path, content]) => ({ path, content }));
        try {
          return await work(await sandbox.create({ id, source: { kind: "files", files } }));
        } finally {
          await sandbox.destroy(id);
        }
      },
    });
    expect(report).toMatchObject({ applies: true, broken: [{ path: "src/cart.js" }], tests: null });
    expect(report.notes.join(" ")).toContain("a second sandbox could not be had");
    expect(failures).toHaveLength(1);
  });

  test("what did not parse before, or no parser knows, breaks nothing", async () => {
    const page = "export const page = () => <p>hello</p>;\n";
    const files = { ...SHOP, "src/page.js": page, "tool.py": "print 'python 2'\n" };
    const change = {
      "src/cart.js": FIXED,
      "src/page.js": page.replace("hello", "bye"),
      "src/new.js": page,
      "tool.py": "print 'python 2, too'\n",
      "src/types.ts": "export enum Kind { A }\nexport class Box { constructor(private readonly kind: Kind) {} }\n",
      "run.sh": "#!/bin/bash\nif true; then echo yes; fi\n",
      "data.json": '{ "a": 1 }\n',
    };
    const quality = await fixed(city, { files, allowTests: false, change });
    expect(quality.checks).toMatchObject({ applies: true, broken: [], tests: null, notes: [] });
    expect(quality.status).toBe("completed");
  });

  test("broken Python, shell, TypeScript and JSON are found", async () => {
    const change = {
      "src/cart.js": FIXED,
      "tool.py": "def f(:\n",
      "run.sh": "if true; then echo\n",
      "src/types.ts": "export type = ;\n",
      "data.json": "{ a: 1 }\n",
    };
    const { checks } = await fixed(city, { allowTests: false, change });
    expect(checks?.broken.map(({ path }) => path).sort()).toEqual(["data.json", "run.sh", "src/types.ts", "tool.py"]);
  });

  test("without the buyer's leave no test runs", async () => {
    const { checks } = await fixed(city, { allowTests: false, change: { "src/cart.js": FIXED } });
    expect(checks).toMatchObject({ applies: true, tests: null, notes: [] });
  });

  const { "src/cart.test.js": _, ...UNTESTED } = SHOP;
  test.each([
    [
      "that never end",
      { ...SHOP, "src/cart.test.js": "setInterval(() => {}, 1000);\nawait new Promise(() => {});\n" },
      /not end in time/,
    ],
    [
      "that need what is not there",
      { ...SHOP, "package.json": MANIFEST.replace("node --test", "jest --ci") },
      /is missing/,
    ],
    ["that hold nothing", UNTESTED, /hold no test/],
    ["that do not exist", { ...UNTESTED, "package.json": "{}" }, /no tests that this city knows/],
  ] as [string, Record<string, string>, RegExp][])(
    "tests %s are left out, with the reason, and cost nothing",
    async (_what, files, why) => {
      const quality = await fixed(city, { files, change: { "src/cart.js": FIXED } });
      expect(quality.checks?.tests).toBeNull();
      expect(quality.checks?.notes.join(" ")).toMatch(why);
      expect(quality.status).toBe("completed");
    },
  );

  test("a patch that keeps the tests from running loses them", async () => {
    const files = { ...SHOP, "src/cart.js": FIXED };
    const quality = await fixed(city, { files, change: { "src/cart.test.js": "process.exit(127);\n" } });
    expect(quality.checks?.tests).toMatchObject({ before: { ran: 3, failed: 1 } });
    expect(quality.ceiling).toBe(60);
  });

  test("slow checks, however many, leave room for offers, and each has its turn", { timeout: 60_000 }, async () => {
    const works: Awaited<ReturnType<typeof begun>>[] = [];
    // One more than the engine has places.
    for (let n = 0; n < 9; n++) {
      const work = await begun(city, { allowTests: false });
      await work.agent.client.sandbox.writeFile(work.id, { path: "src/cart.js", content: FIXED });
      works.push(work);
    }
    const slow = slowSandboxes(city.ctx().ports.sandbox);
    try {
      for (const { agent, id } of works) await agent.client.tasks.complete(id, { output: { result: STORY } });
      const [buyer, agent] = [await city.owner("Buyer"), await fixer(city)];
      const input = { description: "Find out why the total is wrong." };
      const job = { taskType: "bug_fix", maxBudget: 500, input, agentId: agent.id } as const;
      const { id } = await buyer.client.tasks.submit(job);
      const isOffered = async () => (await agent.client.tasks.listSubmitted()).some((offer) => offer.id === id);
      await until("an offer beside the checks", isOffered, { limitMs: 10_000 });
    } finally {
      slow.release();
    }
    const read = () => Promise.all(works.map(({ buyer, id }) => buyer.client.tasks.get(id)));
    const isJudged = async () => (await read()).every(({ status }) => status !== "quality_check");
    await until("every check", isJudged, { limitMs: 30_000 });
    for (const task of await read()) {
      expect(task).toMatchObject({ status: "completed", quality: { checks: { applies: true } } });
    }
  });
});

describe("on the virtual shell", () => {
  let virtual: TestCity;
  beforeAll(async () => {
    virtual = await startTestCity({ env: { CITY_SANDBOX: "virtual" } });
  });
  afterAll(() => virtual?.stop());

  test("nothing is run, the report says so, and the fix is judged by the rest", async () => {
    const quality = await fixed(virtual, { allowTests: false, change: { "src/cart.js": FIXED } });
    expect(quality.checks).toMatchObject({ applies: null, tests: null });
    expect(quality.checks?.notes).toEqual([
      "The patch was not parsed or tested: the sandbox of this city runs no programs.",
    ]);
    expect(quality.status).toBe("completed");
  });

  test("a JSON result is laid out for people, but never to more than an output may hold", async () => {
    const nested = (item: unknown, items: number) => `${"[".repeat(50)}${Array(items).fill(item)}${"]".repeat(50)}`;
    for (const [item, items, lines] of [
      [1, 3, 103],
      [1, 400_000, 1],
      // Characters of three bytes each: what counts are bytes.
      [`"${"界".repeat(348_000)}"`, 1, 1],
    ] as const) {
      const { id } = await fixed(virtual, { allowTests: false, change: {}, result: JSON.parse(nested(item, items)) });
      const { output } = await virtual.ctx().db.task.findUniqueOrThrow({ where: { id } });
      expect(output?.split("\n")).toHaveLength(lines);
      expect(Buffer.byteLength(output ?? "")).toBeLessThan(1_048_576);
    }
  });

  test("a task that allows tests is refused there, by field", async () => {
    await expect(fixed(virtual, { change: {} })).rejects.toMatchObject({
      code: "VALIDATION_ERROR",
      message: /cannot run tests/,
    });
  });
});
