import type { SellerTask } from "@ai-city/sdk";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { sweepSandboxes, tearDownExpired } from "#server/sandbox/tear-down-sandboxes.ts";
import { startTestCity, type TestAgent, type TestCity, type TestOwner } from "#tests/support/city.ts";
import { FILE, REVIEW } from "#tests/support/work.ts";

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

async function submitted(agentId?: string) {
  const buyer = await city.owner("Buyer");
  const { id } = await buyer.client.tasks.submit({
    taskType: "code_review",
    maxBudget: 1_500,
    input: { description: "Review add for correctness.", files: [FILE] },
    ...(agentId && { agentId }),
  });
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

/** Holds every sandbox back, once it is made, until it is released. */
function slowSandboxes() {
  const provider = sandboxes();
  const { create } = provider;
  const made = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  provider.create = async (spec) => {
    const sandbox = await create.call(provider, spec);
    made.resolve();
    await released.promise;
    return sandbox;
  };
  return {
    made: made.promise,
    release() {
      provider.create = create;
      released.resolve();
    },
  };
}

test("a sandbox that is ready only after its offer has moved on is gone, and the next seller's stays", async () => {
  const first = await seller(300);
  const { id } = await submitted();
  const second = await seller(400);
  const slow = slowSandboxes();
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

/** While this call runs, the provider makes no sandbox. */
async function withoutProvider(call: () => Promise<unknown>) {
  const provider = sandboxes();
  const { create } = provider;
  provider.create = async () => {
    throw new Error("The provider did not answer.");
  };
  try {
    return await call();
  } finally {
    provider.create = create;
  }
}

test("a repeated provision that fails leaves the sandbox and the work in it alone", async () => {
  const { agent } = await seller(300);
  const { id } = await submitted(agent.id);
  const { sandboxId } = await agent.client.tasks.provisionSandbox(id);
  await agent.client.tasks.markExecuting(id, sandboxId);
  await agent.client.sandbox.writeFile(id, { path: "mine.txt", content: "an hour's work" });
  const provision = () => city.call("POST", `/tasks/${id}/sandbox/provision`, { key: agent.key });
  expect(await withoutProvider(provision)).toMatchObject({ status: 500 });
  expect((await agent.client.sandbox.readFile(id, "mine.txt")).content).toBe("an hour's work");
  expect(await agent.client.tasks.provisionSandbox(id)).toMatchObject({ sandboxId });
});

test("a repeated provision that a delivery overtakes does not take the tree from the gate", async () => {
  const { agent } = await seller(300);
  const { buyer, id } = await submitted(agent.id);
  const { sandboxId } = await agent.client.tasks.provisionSandbox(id);
  await agent.client.tasks.markExecuting(id, sandboxId);
  const slow = slowSandboxes();
  const repeated = agent.client.tasks.provisionSandbox(id).catch((error) => error.code);
  await slow.made;
  const provider = sandboxes();
  const { open } = provider;
  let delivered = false;
  // The gate looks for its tree once the repeated call has come to its end.
  provider.open = async (sandbox) => {
    if (delivered) await repeated;
    delivered = true;
    return open.call(provider, sandbox);
  };
  await agent.client.tasks.complete(id, { output: { result: "Looks good to me." } });
  slow.release();
  await city.idle();
  provider.open = open;
  expect(await buyer.client.tasks.get(id)).toMatchObject({ status: "failed", failureReason: "quality_gate" });
});

/** A task whose seller has committed to it. */
async function working() {
  const { agent } = await seller(300);
  const { buyer, id } = await submitted(agent.id);
  const { sandboxId } = await agent.client.tasks.provisionSandbox(id);
  await agent.client.tasks.markExecuting(id, sandboxId);
  return { agent, buyer, id, sandboxId };
}

const deliver = (agent: TestAgent, id: string) => agent.client.tasks.complete(id, { output: { result: REVIEW } });
const LOST = { status: 503, code: "UNAVAILABLE", details: { reason: "sandbox_lost" } };

test.each<[string, (agent: TestAgent, id: string) => Promise<unknown>]>([
  ["a call in it", ({ client }, id) => expect(client.sandbox.readFile(id, FILE.path)).rejects.toMatchObject(LOST)],
  ["the delivery", (agent, id) => expect(deliver(agent, id)).rejects.toMatchObject(LOST)],
  ["nothing before the next provision", async () => undefined],
])("a lost sandbox that %s finds is the city's failure where it cannot be made again", async (_, find) => {
  const { agent, buyer, id, sandboxId } = await working();
  await sandboxes().destroy(sandboxId);
  await find(agent, id);
  const before = await agent.client.agents.me();
  const provision = () => city.call("POST", `/tasks/${id}/sandbox/provision`, { key: agent.key });
  expect(await withoutProvider(provision)).toMatchObject({
    status: 409,
    body: { error: { details: { reason: "platform_error" } } },
  });
  expect(await buyer.client.tasks.get(id)).toMatchObject({ status: "failed", failureReason: "platform_error" });
  expect((await agent.client.agents.me()).overallScore).toBe(before.overallScore);
});

test("a lost sandbox is replaced by another one at the same price, which tells the seller that its work is gone", async () => {
  const { agent, id, sandboxId } = await working();
  await sandboxes().destroy(sandboxId);
  const again = await agent.client.tasks.provisionSandbox(id);
  expect(again.sandboxId).not.toBe(sandboxId);
  expect(again.quotedCents).toBe(300);
  await deliver(agent, id);
  await city.idle();
  expect(await agent.client.tasks.get(id)).toMatchObject({ status: "completed" });
});

test("a delivery that is not taken leaves the sandbox open", async () => {
  const { agent, id } = await working();
  const sql = "update task set deadline_at = city_now() + make_interval(secs => $2) where id = $1";
  const timeLeft = (seconds: number) => city.database.pool.query(sql, [id, seconds]);
  await timeLeft(-1);
  await expect(deliver(agent, id)).rejects.toMatchObject({ code: "INVALID_STATE" });
  expect((await agent.client.sandbox.exec(id, { command: "echo still here" })).stdout).toBe("still here\n");
  await timeLeft(600);
  await deliver(agent, id);
});

test("a sandbox that was given back mid-work is not provisioned again, and what is in it can still be delivered", async () => {
  const { agent, id, sandboxId } = await working();
  await agent.client.tasks.destroySandbox(id, sandboxId);
  await expect(agent.client.tasks.provisionSandbox(id)).rejects.toMatchObject({
    code: "INVALID_STATE",
    details: { status: "given back" },
  });
  await deliver(agent, id);
  await city.idle();
  expect(await agent.client.tasks.get(id)).toMatchObject({ status: "completed" });
});

test("giving a sandbox back during the quality check touches nothing, so that it works whatever the provider does", async () => {
  const { agent, id, sandboxId } = await working();
  await city.database.pool.query("update task set status = 'quality_check' where id = $1", [id]);
  const provider = sandboxes();
  const { open } = provider;
  provider.open = async () => {
    throw new Error("The provider did not answer.");
  };
  try {
    expect(await agent.client.tasks.destroySandbox(id, sandboxId)).toEqual({ sandboxId, destroyed: true });
  } finally {
    provider.open = open;
  }
});

test("an offer whose sandbox was never finished is listed again, as after a crash of the server", async () => {
  const { agent } = await seller(300);
  // Hired directly, so that the task goes on to no other test's seller.
  const { id } = await submitted(agent.id);
  const slow = slowSandboxes();
  const unfinished = agent.client.tasks.provisionSandbox(id);
  await slow.made;
  expect(await agent.client.tasks.listSubmitted()).toEqual([]);
  await city.advance(61_000);
  expect((await agent.client.tasks.listSubmitted()).map((offer) => offer.id)).toEqual([id]);
  slow.release();
  expect(await unfinished).toMatchObject({ status: "ready" });
});

test("one sandbox that cannot be destroyed keeps no other, and not the server's start", async () => {
  const [stubborn, other] = [await working(), await working()];
  const ids = [stubborn.sandboxId, other.sandboxId];
  await city.database.pool.query(
    "update sandbox set expires_at = city_now() - interval '1 second' where id = any($1)",
    [ids],
  );
  const provider = sandboxes();
  const { destroy, sweep } = provider;
  const refuse = async () => {
    throw new Error("Device or resource busy");
  };
  provider.destroy = async (id) => (id === stubborn.sandboxId ? refuse() : destroy.call(provider, id));
  provider.sweep = refuse;
  try {
    await tearDownExpired(city.ctx());
    const { rows } = await city.database.pool.query("select id, status from sandbox where id = any($1)", [ids]);
    expect(Object.fromEntries(rows.map(({ id, status }) => [id, status]))).toEqual({
      [stubborn.sandboxId]: "ready",
      [other.sandboxId]: "destroyed",
    });
    expect(await sweepSandboxes(city.ctx())).toEqual([]);
  } finally {
    Object.assign(provider, { destroy, sweep });
  }
});

test("files beyond 1 MB of changes are left out of the patch, and both sides are told", async () => {
  const { agent, buyer, id } = await working();
  for (const path of ["a.txt", "b.txt"]) {
    await agent.client.sandbox.writeFile(id, { path, content: "ten bytes\n".repeat(60_000) });
  }
  expect(await deliver(agent, id)).toMatchObject({ patchTruncated: true });
  await city.idle();
  const task = await buyer.client.tasks.get(id);
  expect(task).toMatchObject({ status: "completed", hasPatch: true, patchTruncated: true });
  const patch = await buyer.client.tasks.getPatch(id);
  expect(patch).toContain("+++ b/a.txt");
  expect(patch).not.toContain("b.txt");
});

test("why a repository cannot be had is the buyer's to know", async () => {
  const { agent } = await seller(300);
  const buyer = await city.owner("Buyer");
  const repo = `${city.url}/git/private-plans.git`;
  const input = { description: "Review add for correctness.", repo, ref: "secret-branch" };
  const { id } = await buyer.client.tasks.submit({
    taskType: "code_review",
    maxBudget: 1_500,
    input,
    agentId: agent.id,
  });
  await city.idle();
  const refused = await agent.client.tasks.provisionSandbox(id).catch((error) => error);
  expect(refused).toMatchObject({ status: 409, details: { reason: "repo_unavailable" } });
  expect(refused.message).toBe("The task was ended and its hold returned: The repository could not be fetched.");
  const { errorMessage } = await buyer.client.tasks.get(id);
  expect(errorMessage).not.toBe("The repository could not be fetched.");
});

test("a first provision that fails leaves nothing, and can be tried again", async () => {
  const { agent } = await seller(300);
  const { id } = await submitted(agent.id);
  const provision = () => city.call("POST", `/tasks/${id}/sandbox/provision`, { key: agent.key });
  expect(await withoutProvider(provision)).toMatchObject({ status: 500 });
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
