/** From an offer to its sandbox: made late, made twice, not made at all, or made for somebody who has lost the offer. */
import type { SellerTask } from "@ai-city/sdk";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestAgent, type TestCity, type TestOwner } from "#tests/support/city.ts";
import { hire, hireToWork } from "#tests/support/hire.ts";
import { holdGate, slowSandboxes, withoutProvider } from "#tests/support/slow-provider.ts";
import { BAD_REVIEW, FILE, REVIEW, REVIEW_TASK } from "#tests/support/work.ts";

let city: TestCity;
beforeAll(async () => {
  // Whoever polled once stays in the market, however far a test moves the clock.
  city = await startTestCity({ settings: { routing: { presenceSeconds: 86_400 } } });
});
afterEach(() => city.database.pool.query("update agent set availability = 'offline'"));
afterAll(() => city?.stop());

type Seller = { owner: TestOwner; agent: TestAgent };

async function seller(baseRate: number): Promise<Seller> {
  const owner = await city.owner("Seller");
  const agent = await owner.agent({
    capabilities: [{ category: "code_review", tags: [] }],
    pricing: { model: "per_task", baseRate, currency: "USD" },
  });
  await agent.client.tasks.listSubmitted();
  return { owner, agent };
}

async function submitted() {
  const buyer = await city.owner("Buyer");
  const { id } = await buyer.client.tasks.submit(REVIEW_TASK);
  await city.idle();
  return { buyer, id };
}

/** A task that the first seller has provisioned and the second could take as well. */
async function provisionedByFirst() {
  const first = await seller(300);
  const { buyer, id } = await submitted();
  const { sandboxId, quotedCents } = await first.agent.client.tasks.provisionSandbox(id);
  expect(quotedCents).toBe(300);
  const second = await seller(400);
  return { first, second, buyer, id, sandboxId };
}

const sandboxes = () => city.ctx().ports.sandbox;

const ENDS: [string, (first: Seller, id: string) => Promise<unknown>][] = [
  ["declined", ({ agent }, id) => agent.client.tasks.decline(id, { reason: "too_busy" })],
  ["missed", () => city.advance(10 * 60_000)],
  ["lost by a deactivated agent", ({ owner, agent }) => owner.client.agents.deactivate(agent.id)],
];

test.each(ENDS)(
  "an offer that was provisioned and %s is done and paid by the next seller's own price",
  async (_, end) => {
    const { first, second, buyer, id, sandboxId } = await provisionedByFirst();
    await end(first, id);
    await city.idle();

    const [offer] = await second.agent.client.tasks.listSubmitted();
    expect(offer).toMatchObject({ id, quotedCents: null });
    expect(await sandboxes().open(sandboxId)).toBeNull();
    const own = await second.agent.client.tasks.provisionSandbox(id);
    expect(own.sandboxId).not.toBe(sandboxId);
    expect(own.quotedCents).toBe(400);
    await city.idle();
    await second.agent.client.tasks.markExecuting(id, own.sandboxId);
    await second.agent.client.tasks.complete(id, { output: { result: REVIEW } });
    await city.idle();
    expect(await buyer.client.tasks.get(id)).toMatchObject({ status: "completed", creditsCharged: 400 });
    expect(await second.agent.client.vault.getBalance()).toMatchObject({ escrowed: 340 });
  },
);

test("a sandbox that is ready only after its offer has moved on is gone, and the next seller's stays", async () => {
  const first = await seller(300);
  const { id } = await submitted();
  const second = await seller(400);
  const slow = slowSandboxes(sandboxes());
  const late = first.agent.client.tasks.provisionSandbox(id).catch((error) => error.code);
  await slow.made;
  const { rows } = await city.database.pool.query("select id from sandbox where task_id = $1", [id]);
  await first.agent.client.tasks.decline(id, { reason: "too_slow" });
  await city.idle();
  slow.release();
  const own = await second.agent.client.tasks.provisionSandbox(id);
  expect(await late).toBe("TASK_NOT_FOUND");
  expect(await sandboxes().open(rows[0].id)).toBeNull();
  await second.agent.client.tasks.markExecuting(id, own.sandboxId);
  expect((await second.agent.client.sandbox.readFile(id, FILE.path)).content).toBe(FILE.content);
});

test("a repeated provision that fails leaves the sandbox and the work in it alone", async () => {
  const { agent } = await seller(300);
  const { id, sandboxId } = await hireToWork(city, agent);
  await agent.client.sandbox.writeFile(id, { path: "mine.txt", content: "an hour's work" });
  const provision = () => city.call("POST", `/tasks/${id}/sandbox/provision`, { key: agent.key });
  expect(await withoutProvider(sandboxes(), provision)).toMatchObject({ status: 500 });
  expect((await agent.client.sandbox.readFile(id, "mine.txt")).content).toBe("an hour's work");
  expect(await agent.client.tasks.provisionSandbox(id)).toMatchObject({ sandboxId });
});

test("a repeated provision that a delivery overtakes does not take the tree from the gate", async () => {
  const { agent } = await seller(300);
  const { buyer, id } = await hireToWork(city, agent);
  const slow = slowSandboxes(sandboxes());
  const repeated = agent.client.tasks.provisionSandbox(id).catch((error) => error.code);
  await slow.made;
  // The gate looks for its tree once the repeated call has come to its end.
  const letGo = holdGate(sandboxes(), repeated);
  await agent.client.tasks.complete(id, { output: { result: BAD_REVIEW } });
  slow.release();
  await city.idle();
  letGo();
  expect(await buyer.client.tasks.get(id)).toMatchObject({ status: "failed", failureReason: "quality_gate" });
});

test("an offer whose sandbox was never finished is listed again, as after a crash of the server", async () => {
  const { agent } = await seller(300);
  // Hired directly, so that the task goes on to no other test's seller.
  const { id } = await hire(city, agent);
  const slow = slowSandboxes(sandboxes());
  const unfinished = agent.client.tasks.provisionSandbox(id);
  await slow.made;
  expect(await agent.client.tasks.listSubmitted()).toEqual([]);
  await city.advance(61_000);
  expect((await agent.client.tasks.listSubmitted()).map((offer) => offer.id)).toEqual([id]);
  slow.release();
  expect(await unfinished).toMatchObject({ status: "ready" });
});

test("why a repository cannot be had is the buyer's to know", async () => {
  const { agent } = await seller(300);
  const repo = `${city.url}/git/private-plans.git`;
  const input = { description: "Review add for correctness.", repo, ref: "secret-branch" };
  const { buyer, id } = await hire(city, agent, { task: { ...REVIEW_TASK, input } });
  const refused = await agent.client.tasks.provisionSandbox(id).catch((error) => error);
  expect(refused).toMatchObject({ status: 409, details: { reason: "repo_unavailable" } });
  expect(refused.message).toBe("The task was ended and its hold returned: The repository could not be fetched.");
  const { errorMessage } = await buyer.client.tasks.get(id);
  expect(errorMessage).not.toBe("The repository could not be fetched.");
});

test("a first provision that fails leaves nothing, and can be tried again", async () => {
  const { agent } = await seller(300);
  const { id } = await hire(city, agent);
  const provision = () => city.call("POST", `/tasks/${id}/sandbox/provision`, { key: agent.key });
  expect(await withoutProvider(sandboxes(), provision)).toMatchObject({ status: 500 });
  expect((await agent.client.tasks.listSubmitted()).map((offer) => offer.id)).toEqual([id]);
  expect(await agent.client.tasks.provisionSandbox(id)).toMatchObject({ status: "ready", quotedCents: 300 });
});

test("an offer cannot be kept by making its sandbox again and again", async () => {
  const { agent } = await seller(300);
  const { id } = await submitted();
  const { sandboxId } = await agent.client.tasks.provisionSandbox(id);
  const commitBy = async () => ((await agent.client.tasks.get(id)) as SellerTask).commitBy;
  const first = await commitBy();
  await city.advance(100_000);
  await agent.client.tasks.destroySandbox(id, sandboxId);
  await agent.client.tasks.provisionSandbox(id);
  expect(await commitBy()).toBe(first);
  await city.advance(30_000);
  expect(await agent.client.tasks.listSubmitted()).toEqual([]);
  await expect(agent.client.tasks.get(id)).rejects.toMatchObject({ code: "TASK_NOT_FOUND" });
});
