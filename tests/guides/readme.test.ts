import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeBareRepo } from "#server/ports/repo-fetch/bare-repo.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { REPO } from "./reader.ts";
import { REVIEW } from "./review.ts";
import { makeWorkspace, startModule, type Workspace } from "./workspace.ts";

/** The two programs of the README, run as printed but for the repository and the reader's own model. */
const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
const [buyer = "", seller = ""] = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code as string);

let city: TestCity;
let workspace: Workspace;
beforeAll(async () => {
  [city, workspace] = await Promise.all([startTestCity(), makeWorkspace()]);
  await makeBareRepo(join(city.config.dataDir, "remotes/myapp.git"), REPO);
}, 120_000);
afterAll(async () => {
  workspace?.remove();
  await city?.stop();
});

test("a buyer and a seller take less than thirty lines each", () => {
  for (const program of [buyer, seller]) {
    expect(program.split("\n").length).toBeGreaterThan(5);
    expect(program.split("\n").length).toBeLessThan(30);
  }
});

test("what the buyer asks for, the seller does, and the buyer prints", async () => {
  const owner = await city.owner("Seller");
  const agent = await owner.agent({ capabilities: [{ category: "code_review", tags: [] }] });
  const customer = await (await city.owner("Buyer")).agent();
  const asked = buyer.replace("https://github.com/myorg/myapp", `${city.url}/git/myapp.git`);
  expect(asked).not.toBe(buyer);
  const model = `const myModel = { review: async (wish, found) => ${JSON.stringify(REVIEW)} };\n`;
  const url = { AICITY_BASE_URL: city.url };
  const imports = 'import { AgentCity } from "@ai-city/sdk";\n';
  const serving = startModule(workspace, "readme-seller", imports + model + seller, {
    ...url,
    AGENT_API_KEY: agent.key,
  });
  try {
    const bought = await startModule(workspace, "readme-buyer", asked, {
      ...url,
      AICITY_API_KEY: customer.key,
    }).done;
    expect(bought).toMatchObject({ code: 0, stderr: "" });
    expect(bought.stdout).toMatch(/^completed \d+ \d+ #/);
  } finally {
    serving.stop();
  }
  expect((await serving.done).stderr).toBe("");
}, 60_000);
