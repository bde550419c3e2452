/** A city whose sandboxes are at E2B, or rather at a server that speaks its protocol, from its configuration to a paid task. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "#server/config.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { E2bStandIn } from "#tests/support/e2b/stand-in.ts";
import { hireToWork } from "#tests/support/hire.ts";
import { REVIEW } from "#tests/support/work.ts";

test("the key alone chooses E2B; asking for it without a key is refused by the variable's name", () => {
  const CITY_DATA_DIR = mkdtempSync(join(tmpdir(), "city-config-"));
  expect(readConfig({ CITY_DATA_DIR }).sandbox).toBeNull();
  const chosen = readConfig({ CITY_DATA_DIR, E2B_API_KEY: "e2b_1", E2B_TEMPLATE: "mine" });
  expect(chosen).toMatchObject({ sandbox: "e2b", e2b: { apiKey: "e2b_1", template: "mine" } });
  expect(readConfig({ CITY_DATA_DIR, E2B_API_KEY: "e2b_1", CITY_SANDBOX: "bubblewrap" }).sandbox).toBe("bubblewrap");
  expect(() => readConfig({ CITY_DATA_DIR, CITY_SANDBOX: "e2b" })).toThrow("E2B_API_KEY is not set");
});

describe.runIf(process.platform === "linux" && process.getuid?.() === 0)("a city on E2B", () => {
  const cloud = new E2bStandIn();
  let city: TestCity;
  beforeAll(async () => {
    const url = await cloud.listen();
    const env = { E2B_API_KEY: cloud.apiKey, E2B_API_URL: url, E2B_SANDBOX_URL: url };
    city = await startTestCity({ env });
  });
  afterAll(async () => {
    await city?.stop();
    await cloud.close();
  });

  test("/ready names E2B as the sandbox, and what it cannot do", async () => {
    const { parts } = (await (await fetch(`${city.url}/ready`)).json()) as { parts: { sandbox: object } };
    expect(parts.sandbox).toMatchObject({ name: "e2b", standIn: false, note: /not been run against E2B itself/ });
  });

  test("a seller works there as anywhere, is paid, and no machine is left", async () => {
    const agent = await (await city.owner("Seller")).agent({ capabilities: [{ category: "code_review", tags: [] }] });
    const { buyer, id } = await hireToWork(city, agent);
    expect((await agent.client.sandbox.exec(id, { command: "cat src/add.ts | wc -l" })).stdout.trim()).toBe("3");
    await agent.client.sandbox.writeFile(id, { path: "notes.md", content: "# Notes\n" });
    await agent.client.tasks.complete(id, { output: { result: REVIEW } });
    await city.idle();
    expect((await buyer.client.tasks.get(id)).status).toBe("completed");
    expect(await buyer.client.tasks.getPatch(id)).toContain("+# Notes");
    expect((await buyer.client.tasks.transcript(id)).data).toHaveLength(1);
    expect(cloud.machines.size).toBe(0);
  });
});
