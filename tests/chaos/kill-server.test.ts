import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentCity, AgentRunner } from "@ai-city/sdk";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type JourneyServer, reachServer } from "../../bench/journey/server.ts";
import { registerAgent, signUp } from "../../bench/journey/strangers.ts";
import { reviewTask } from "../../sdk/examples/reviewer/review-task.ts";
import { freePort } from "../support/free-port.ts";

const FINAL = ["completed", "failed", "refunded"];
const TASKS = 4;
const KILLS = 3;

let dataDir: string;
let port: number;
let server: JourneyServer;
const runners: AgentRunner[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "city-chaos-"));
  port = await freePort();
  server = await reachServer(port, dataDir);
});

afterAll(async () => {
  for (const runner of runners) await runner.stop();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test("after kill -9 of the server in the middle of its tasks every task ends and the ledger is clean", async () => {
  const buyer = await signUp(server.url, "Kit Buyer");
  const seller = await signUp(server.url, "Kim Seller");
  const { client } = await registerAgent(server.url, buyer.owner, { displayName: "Buyer", framework: "custom" });
  const sold = await registerAgent(server.url, seller.owner, {
    displayName: "Reviewer",
    framework: "custom",
    capabilities: [{ category: "code_review", tags: [] }],
  });
  runners.push(
    sold.client.agents.serve({
      pollInterval: 200,
      concurrency: 2,
      onTask: (task, work) => reviewTask(task, work, "general"),
    }),
  );

  const ids: string[] = [];
  for (let i = 0; i < TASKS; i++) {
    const { id } = await client.tasks.submit({
      taskType: "code_review",
      maxBudget: 700,
      input: { description: "Review the order routes for missing checks.", repo: `${server.url}/git/storefront.git` },
    });
    ids.push(id);
    if (i >= KILLS) continue;
    // Each time at another point of the tasks' lives: as soon as one is offered, worked on, judged.
    const points = [["routing", "executing"], ["executing"], ["quality_check", "completed"]];
    await vi.waitFor(async () => expect(points[i]).toContain((await client.tasks.get(id)).status), {
      timeout: 30_000,
      interval: 150,
    });
    await server.kill("SIGKILL");
    server = await reachServer(port, dataDir);
  }

  await vi.waitFor(async () => expect(await statuses(client, ids)).toSatisfy(allFinal), {
    timeout: 100_000,
    interval: 500,
  });
  const ends = await statuses(client, ids);
  expect(ends.filter((status) => status === "completed").length).toBeGreaterThan(0);
  const { output, ok } = await server.checkLedger();
  expect(ok, output).toBe(true);
}, 180_000);

async function statuses(client: AgentCity, ids: readonly string[]): Promise<string[]> {
  return Promise.all(ids.map(async (id) => (await client.tasks.get(id)).status));
}

function allFinal(list: string[]): boolean {
  return list.every((status) => FINAL.includes(status));
}
