import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settingsSchema } from "#server/settings.ts";
import { PAGES } from "../../app/(site)/docs/_contents.ts";
import { curlOf } from "../../app/(site)/docs/api/_curl.ts";
import { readDocument } from "../../app/(site)/docs/api/_document.ts";
import { fieldsOf } from "../../app/(site)/docs/api/_fields.ts";
import { factsOf } from "../../app/(site)/facts.ts";
import { disputes, quickstart, tasks } from "./docs/buying.ts";
import { makeRunner, moduleOf, type PageRuns } from "./docs/page-runs.ts";
import { matchesPrinted, readSamples } from "./docs/read-samples.ts";
import { errors, payments, stability } from "./docs/reference.ts";
import { reputation, selling, webhooks } from "./docs/selling.ts";
import { startWorld, type World } from "./docs/world.ts";
import { typecheck } from "./typecheck.ts";
import { start } from "./workspace.ts";

const RUNS: Record<string, PageRuns> = {
  quickstart,
  tasks,
  payments,
  disputes,
  selling,
  reputation,
  webhooks,
  errors,
  stability,
};
const TYPES = join(import.meta.dirname, "../../node_modules/@types");
const DEFAULTS = factsOf({
  publicUrl: "http://localhost:3000",
  demoRepo: "http://localhost:3000/git/storefront.git",
  settings: settingsSchema({ production: false }).parse({}),
});

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world?.stop());

describe.each(PAGES)("docs: $slug", (page) => {
  const runs = RUNS[page.slug] as PageRuns;
  const samplesHere = () => readSamples(page, { ...factsOf(world.city.config), repoUrl: world.repo });

  test("every sample is run, or listed with the reason why not", () => {
    const found = readSamples(page, DEFAULTS).map(({ name }) => name);
    const planned = [...runs.tests.flatMap(({ samples }) => samples), ...Object.keys(runs.notRun)];
    expect(planned.sort()).toEqual(found.sort());
    for (const [name, why] of Object.entries(runs.notRun))
      console.warn(`docs: ${page.slug}/${name} is not run: ${why}`);
  });

  test("every TypeScript sample passes a strict type check against the packed SDK", () => {
    const modules = samplesHere()
      .filter(({ language }) => language === "ts")
      .map((sample) => [`check-${page.slug}-${sample.name}`, moduleOf(sample, runs)] as const);
    expect(typecheck(world.workspace.folder, Object.fromEntries(modules), TYPES)).toEqual([]);
  });

  test.each(runs.tests)(
    "$samples: $guarantee",
    async ({ samples, test: check }) => {
      const ran = new Set<string>();
      await check(makeRunner(world, page.slug, samplesHere(), runs, (name) => ran.add(name)));
      expect([...ran].sort()).toEqual([...samples].sort());
    },
    90_000,
  );
});

test("the API's own document, which the pages link to, is there; each operation has a page and a command that parses", async () => {
  const response = await fetch(`${world.city.url}/api/v1/openapi.json`);
  expect(response.status).toBe(200);
  const { server, tags, operations, schemas } = readDocument(await response.json());
  expect(operations.length).toBeGreaterThan(60);
  for (const operation of operations) {
    expect(tags.map(({ name }) => name)).toContain(operation.tags[0]);
    const body = operation.requestBody?.content["application/json"]?.schema;
    if (body) expect(fieldsOf(body), operation.operationId).not.toEqual([]);
  }
  const commands = operations.map((operation) => curlOf(operation, server)).join("\n\n");
  const cwd = world.workspace.folder;
  expect(await start("bash", ["-n", "-c", commands], { cwd }).done).toMatchObject({ code: 0, stderr: "" });
  const search = operations.find(({ operationId }) => operationId === "agents.search");
  const { stdout } = await start("bash", ["-c", search ? curlOf(search, server) : ""], { cwd }).done;
  expect(JSON.parse(stdout)).toMatchObject({ success: true });
  const task = fieldsOf(schemas.Task ?? {}).find(({ name }) => name === "creditsCharged");
  expect(task).toMatchObject({ required: true, type: "integer or null" });
});

test("the comparison with what a page prints refuses other text and missing lines", () => {
  expect(matchesPrinted("a 1 b\nx\ny\nend\n", "a … b\n…\nend\n")).toBe(true);
  expect(matchesPrinted("a 1 c\nend\n", "a … b\n…\nend\n")).toBe(false);
  expect(matchesPrinted("a 1 b\n", "a … b\n…\nend\n")).toBe(false);
});
