/** A sandbox in which somebody works: lost, given back, closed by a delivery, past its end, or left with too much in it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { CityError } from "#server/kernel/errors.ts";
import { newId } from "#server/kernel/ids.ts";
import { refuseFull } from "#server/ports/sandbox/places.ts";
import { sweepSandboxes, tearDownExpired } from "#server/sandbox/tear-down-sandboxes.ts";
import { findTools } from "#server/tools.ts";
import { startTestCity, type TestAgent, type TestCity } from "#tests/support/city.ts";
import { hireToWork } from "#tests/support/hire.ts";
import { withoutProvider } from "#tests/support/slow-provider.ts";
import { FILE, REVIEW } from "#tests/support/work.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

const sandboxes = () => city.ctx().ports.sandbox;

/** A task whose seller has committed to it. */
async function working() {
  const agent = await (await city.owner("Seller")).agent({ capabilities: [{ category: "code_review", tags: [] }] });
  return { agent, ...(await hireToWork(city, agent)) };
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
  expect(await withoutProvider(sandboxes(), provision)).toMatchObject({
    status: 409,
    body: { error: { details: { reason: "platform_error" } } },
  });
  expect(await buyer.client.tasks.get(id)).toMatchObject({ status: "failed", failureReason: "platform_error" });
  expect((await agent.client.agents.me()).overallScore).toBe(before.overallScore);
});

test("a lost sandbox for which there is no place at the moment ends nothing: the seller asks again", async () => {
  const { agent, buyer, id, sandboxId } = await working();
  await sandboxes().destroy(sandboxId);
  const { create } = sandboxes();
  sandboxes().create = async () => refuseFull(1, 1) as never;
  const provision = () => city.call("POST", `/tasks/${id}/sandbox/provision`, { key: agent.key });
  expect(await provision()).toMatchObject({ status: 503, body: { error: { details: { reason: "full" } } } });
  sandboxes().create = create;
  expect(await buyer.client.tasks.get(id)).toMatchObject({ status: "executing" });
  expect((await provision()).status).toBe(200);
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

test.runIf(findTools().bwrap !== null)("a text with a NUL far into it is delivered as it is", async () => {
  const { agent, buyer, id } = await working();
  const content = `${"ten bytes\n".repeat(1_000)}\u0000\n`;
  const encoded = Buffer.from(content).toString("base64");
  await agent.client.sandbox.writeFile(id, { path: "data.txt", content: encoded, encoding: "base64" });
  await deliver(agent, id);
  await city.idle();
  const patch = await buyer.client.tasks.getPatch(id);
  const clean = await sandboxes().create({ id: newId(), source: { kind: "files", files: [FILE] } });
  await clean.writeFile(".git/delivered.patch", patch);
  expect(await clean.exec("git apply .git/delivered.patch")).toMatchObject({ exitCode: 0 });
  const read = await clean.readFile("data.txt");
  expect(Buffer.from(read.content, read.encoding).toString()).toBe(content);
  await sandboxes().destroy(clean.id);
});

test("a delivery that is refused while another is under way lets nothing run beside the gate", async () => {
  const { agent, id, sandboxId } = await working();
  const provider = sandboxes();
  const sandbox = await provider.open(sandboxId);
  if (!sandbox) throw new Error("There is no sandbox.");
  const { diff, exec } = sandbox;
  const [taken, begun] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const [mayEnd, mayJudge] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  // The first delivery's diff takes its time, the second's fails.
  sandbox.diff = async () => {
    sandbox.diff = async () => {
      throw new CityError("UNAVAILABLE", "The changes in the sandbox could not be read.");
    };
    const changes = await diff.call(sandbox);
    taken.resolve();
    await mayEnd.promise;
    return changes;
  };
  const first = deliver(agent, id);
  await taken.promise;
  const again = { key: agent.key, body: { output: { result: REVIEW } } };
  expect((await city.call("POST", `/tasks/${id}/complete`, again)).status).toBe(503);
  sandbox.exec = (...given) => {
    begun.resolve();
    return exec.apply(sandbox, given);
  };
  const running = city.call("POST", `/tasks/${id}/sandbox/exec`, { key: agent.key, body: { command: "sleep 20" } });
  await begun.promise;
  const { open } = provider;
  provider.open = async (wanted) => {
    await mayJudge.promise;
    return open.call(provider, wanted);
  };
  try {
    mayEnd.resolve();
    await first;
    expect((await running).body.data).toMatchObject({ exitCode: 137, timedOut: false });
  } finally {
    provider.open = open;
    mayJudge.resolve();
    await city.idle();
  }
});
