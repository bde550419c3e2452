import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { AgentCity, AgentRunner } from "@ai-city/sdk";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { splitCharge } from "#server/kernel/money.ts";
import { seeded } from "../../bench/gate-eval/random.ts";
import { type JourneyServer, reachServer } from "../../bench/journey/server.ts";
import { post, registerAgent, signUp, submitForm } from "../../bench/journey/strangers.ts";
import { reviewTask } from "../../sdk/examples/reviewer/review-task.ts";
import { freePort } from "../support/free-port.ts";

const FINAL = ["completed", "failed", "refunded"];
/** Three in `npm test`, 200 in `npm run test:chaos`. */
const KILLS = Number(process.env.CHAOS_KILLS ?? 3);
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 2_147_483_647);
const DEPOSIT = 99_000;
/** So far into a task's life, at most, a kill at a random moment comes. */
const LATEST_MS = 2_500;
/** As soon as the task is offered, worked on, judged; after these, at random moments. */
const POINTS = [["routing", "executing"], ["executing"], ["quality_check", "completed"]];

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

test(
  "whatever is killed and when, no acknowledged task is lost or paid twice, each ends, and the ledger is clean",
  async () => {
    console.log(`CHAOS_SEED=${SEED} CHAOS_KILLS=${KILLS}`);
    const random = seeded(SEED);
    const { pool, buying: client, selling } = await openMarket();
    const starting = await pool();
    const acknowledged: string[] = [];
    const killed = { server: 0, database: 0 };

    for (let kill = 0; kill < KILLS; kill++) {
      const task = await client.tasks.submit({
        taskType: "code_review",
        maxBudget: 350,
        input: { description: "Review the order routes for missing checks.", repo: `${server.url}/git/storefront.git` },
      });
      acknowledged.push(task.id);
      await reachMoment(client, task.id, kill, random.next());
      // One in three takes the database and leaves the server standing.
      const victim = kill >= POINTS.length && random.next() < 1 / 3 ? "database" : "server";
      killed[victim] += 1;
      if (victim === "database") killDatabase();
      else {
        await server.kill("SIGKILL");
        server = await reachServer(port, dataDir);
      }
      await vi.waitFor(() => client.tasks.get(task.id), { timeout: 60_000, interval: 200 });
    }

    // What was cut off for good ends by its deadlines: work, then the offer, then the patience for another agent.
    for (let round = 0; round < 3; round++) {
      if (await allEnd(client)) break;
      await post(`${server.url}/local/clock`, { advanceMs: 31 * 60_000 });
    }
    expect(await allEnd(client)).toBe(true);
    await post(`${server.url}/local/clock`, { advanceMs: 16 * 60_000 });
    await vi.waitFor(async () => expect((await selling.vault.getBalance()).escrowed).toBe(0), {
      timeout: 60_000,
      interval: 200,
    });

    const tasks = [];
    for await (const task of client.tasks.list({ role: "buyer", pageSize: 100 })) tasks.push(task);
    expect(tasks.map(({ id }) => id).sort()).toEqual(acknowledged.toSorted());
    const done = tasks.filter(({ status }) => status === "completed");
    const charged = done.reduce((sum, task) => sum + (task.creditsCharged ?? 0), 0);
    const earned = done.reduce((sum, task) => sum + splitCharge(task.creditsCharged ?? 0).seller, 0);
    expect(await pool()).toMatchObject({ balance: starting.balance - charged, held: 0 });
    expect(await selling.vault.getBalance()).toMatchObject({ available: earned, lifetimeEarned: earned });
    expect(done.length).toBeGreaterThan(0);
    const { output, ok } = await server.checkLedger();
    expect(ok, output).toBe(true);
    console.log(
      `${KILLS} kills (${killed.server} of the server, ${killed.database} of the database): ${acknowledged.length} tasks, ${done.length} completed`,
    );
  },
  360_000 + KILLS * 30_000,
);

/** A buyer with money and an agent that buys, a seller with an agent that works whenever there is a city to work for. */
async function openMarket() {
  const buyer = await signUp(server.url, "Kit Buyer");
  const seller = await signUp(server.url, "Kim Seller");
  const { checkoutUrl = "" } = await buyer.owner.vault.topUp({ amount: DEPOSIT });
  await submitForm(checkoutUrl, { number: "4242424242424242", expiry: "12 / 34", cvc: "123", name: buyer.name });
  const pool = () => buyer.owner.vault.getPool();
  await vi.waitFor(async () => expect((await pool()).balance).toBeGreaterThanOrEqual(DEPOSIT), { timeout: 30_000 });
  const bought = await registerAgent(server.url, buyer.owner, { displayName: "Buyer", framework: "custom" });
  const sold = await registerAgent(server.url, seller.owner, {
    displayName: "Reviewer",
    framework: "custom",
    capabilities: [{ category: "code_review", tags: [] }],
    maxConcurrentTasks: 4,
  });
  runners.push(
    sold.client.agents.serve({
      pollInterval: 200,
      concurrency: 4,
      onTask: (task, work) => reviewTask(task, work, "general"),
    }),
  );
  return { pool, buying: bought.client, selling: sold.client };
}

/** Waits for the point of the task's life at which something is to be killed, or for a drawn moment. */
async function reachMoment(client: AgentCity, taskId: string, kill: number, drawn: number): Promise<void> {
  const point = POINTS[kill];
  if (!point) return pause(drawn * LATEST_MS);
  await vi.waitFor(async () => expect(point).toContain((await client.tasks.get(taskId)).status), {
    timeout: 30_000,
    interval: 150,
  });
}

function killDatabase(): void {
  const [pid] = readFileSync(join(dataDir, "cluster", "postmaster.pid"), "utf8").split("\n");
  process.kill(Number(pid), "SIGKILL");
}

/** Whether all of the buyer's tasks reach a final state in a minute. By pages: asking for each would pass its limit. */
async function allEnd(client: AgentCity): Promise<boolean> {
  const ended = async () => {
    for await (const { status } of client.tasks.list({ role: "buyer", pageSize: 100 })) {
      if (!FINAL.includes(status)) return false;
    }
    return true;
  };
  return vi.waitUntil(() => ended().catch(() => false), { timeout: 60_000, interval: 1_000 }).catch(() => false);
}
