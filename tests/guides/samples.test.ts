import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { moduleOf, substituted, TYPE_CHECK_VALUES } from "./assemble.ts";
import { guides, guidesPresent, guidesRequired, readGuide, sampleOf } from "./read-guides.ts";
import { buyerGuide } from "./samples/buyer-guide.ts";
import { asAgent } from "./samples/given.ts";
import { typecheck } from "./typecheck.ts";
import { makeProject, makeWorkspace, start, type Workspace } from "./workspace.ts";

test.runIf(guidesRequired)("a run that must have the guides has them", () => {
  expect(guidesPresent).toBe(true);
});

const TYPES = join(import.meta.dirname, "../../node_modules/@types");

describe.runIf(guidesPresent)("the guides' samples", () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
  }, 120_000);
  afterAll(() => workspace?.remove());

  test.each([1, 2, 3])("buyer-guide %i: the SDK is installed by the line that is printed", async (number) => {
    const sample = sampleOf(buyerGuide, number);
    const [program = ""] = sample.text.split(" ");
    const cwd = makeProject(workspace.base, `new-project-${number}`);
    const found = await start("sh", ["-c", `command -v ${program}`], { cwd }).done;
    if (found.code !== 0) {
      console.warn(`*** ${program} is not on this machine: its line was not run ***`);
      return;
    }
    const line = substituted(sample, { packedSdk: workspace.tarball });
    const { code, stderr } = await start("sh", ["-c", line], { cwd, env: { npm_config_offline: "true" } }).done;
    expect(code, stderr).toBe(0);
    expect(existsSync(join(cwd, "node_modules/@ai-city/sdk/package.json"))).toBe(true);
  });

  test.each(guides)("$name: every TypeScript sample passes a strict type check against the packed SDK", (guide) => {
    const found = readGuide(guide);
    const modules = Object.fromEntries(
      found
        .filter((sample) => sample.language === "typescript")
        .map((sample) => [`${sample.guide}-${sample.number}`, moduleOf(sample, found, TYPE_CHECK_VALUES)]),
    );
    expect(Object.keys(modules).length).toBeGreaterThan(5);
    expect(typecheck(workspace.folder, modules, TYPES)).toEqual([]);
  });

  test("the type check refuses a call that the SDK does not have", () => {
    const wrong = `${asAgent}await city.agents.update({ availability: "asleep" });\nawait city.tasks.submitt();\n`;
    expect(typecheck(workspace.folder, { wrong }, TYPES)).toHaveLength(2);
  });
});
