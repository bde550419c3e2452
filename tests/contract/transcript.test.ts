/** Every command of a seller is kept for the buyer and for disputes; never what is in the files. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { CityError } from "#server/kernel/errors.ts";
import { notBegun } from "#server/ports/sandbox/commands.ts";
import { startTestCity, type TestAgent, type TestCity } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { hireToWork } from "#tests/support/hire.ts";
import { BAD_REVIEW, FILE, REVIEW } from "#tests/support/work.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

async function working() {
  const agent = await (await city.owner("Seller")).agent({ capabilities: [{ category: "code_review", tags: [] }] });
  return { agent, ...(await hireToWork(city, agent)) };
}

/** A command on its way: it is answered here once the sandbox has it. */
async function started(agent: TestAgent, id: string, sandboxId: string, command: string) {
  const sandbox = await city.ctx().ports.sandbox.open(sandboxId);
  if (!sandbox) throw new Error("There is no sandbox.");
  const { exec } = sandbox;
  const begun = Promise.withResolvers<void>();
  sandbox.exec = (...given) => {
    begun.resolve();
    return exec.apply(sandbox, given);
  };
  const running = agent.client.sandbox.exec(id, { command });
  await begun.promise;
  return { running };
}

async function deliver(agent: TestAgent, id: string, result: string) {
  await agent.client.tasks.complete(id, { output: { result } });
  await city.idle();
}

test("commands are kept with folder, exit code, time and size, oldest first, page by page; file operations are not", async () => {
  const { agent, id } = await working();
  const { sandbox, tasks } = agent.client;
  await sandbox.exec(id, { command: "cat src/add.ts" });
  await sandbox.exec(id, { command: "exit 3", cwd: "src" });
  await sandbox.exec(id, { command: "sleep 60", timeoutMs: 200 });
  await sandbox.writeFile(id, { path: "secret.txt", content: "a secret of the buyer" });
  await sandbox.readFile(id, "secret.txt");
  const first = await tasks.transcript(id, { pageSize: 2 });
  expect(first.pagination).toEqual({ page: 1, pageSize: 2, total: 3, totalPages: 2 });
  const all = [];
  for await (const entry of tasks.transcript(id, { pageSize: 2 })) all.push(entry);
  expect(all).toEqual([
    expect.objectContaining({
      command: "cat src/add.ts",
      cwd: null,
      exitCode: 0,
      stdoutBytes: FILE.content.length,
      stderrBytes: 0,
    }),
    expect.objectContaining({ command: "exit 3", cwd: "src", exitCode: 3, stdoutBytes: 0, timedOut: false }),
    expect.objectContaining({ command: "sleep 60", exitCode: 137, timedOut: true }),
  ]);
  expect(all[2]?.durationMs).toBeGreaterThanOrEqual(200);
  expect(JSON.stringify(all)).not.toContain("secret");
});

test("the buyer sees how commands ended while they run, and what they were once the work is paid for", async () => {
  const { buyer, agent, id } = await working();
  await agent.client.sandbox.exec(id, { command: "echo '+  return a + b;' > fix" });
  const early = await buyer.client.tasks.transcript(id);
  expect(early.data).toEqual([expect.objectContaining({ command: null, cwd: null, exitCode: 0 })]);
  await deliver(agent, id, REVIEW);
  expect((await buyer.client.tasks.get(id)).status).toBe("completed");
  expect((await buyer.client.tasks.transcript(id)).data[0]?.command).toContain("return a + b");
});

test("work that failed the gate stays the seller's: the buyer is not handed it by way of the commands", async () => {
  const { buyer, agent, id } = await working();
  await agent.client.sandbox.exec(id, { command: "echo all of the work" });
  await deliver(agent, id, BAD_REVIEW);
  expect(await buyer.client.tasks.get(id)).toMatchObject({ failureReason: "quality_gate", output: null });
  expect((await buyer.client.tasks.transcript(id)).data).toEqual([expect.objectContaining({ command: null })]);
  expect((await agent.client.tasks.transcript(id)).data[0]?.command).toBe("echo all of the work");
});

test("an operator who decides a dispute reads the work it is about; its parties and strangers do not read it there", async () => {
  const { buyer, agent, id } = await working();
  await deliver(agent, id, REVIEW);
  const { id: disputeId } = await buyer.client.tasks.dispute(id, { reason: "incomplete", description: "Half of it." });
  const [operator, stranger] = [await city.owner("Operator"), await city.owner("Stranger")];
  await city.database.pool.query("update owner set role = 'operator' where id in ($1, $2)", [operator.id, buyer.id]);
  const readBy = async (owner: { id: string }) =>
    (await dashboardOf(city, owner)).disputes.getWork.query({ id: disputeId });
  const work = await readBy(operator);
  expect(work).toMatchObject({
    input: { description: "Review add for correctness." },
    output: REVIEW,
    quality: { passed: true, dimensions: expect.any(Array) },
    quotedCents: expect.any(Number),
  });
  expect(JSON.stringify(work.input)).not.toContain(FILE.path);
  const refusal = (code: string) => ({ data: { city: { code } } });
  // An operator who is a party decides nothing and is a party here too.
  for (const other of [stranger, buyer]) await expect(readBy(other)).rejects.toMatchObject(refusal("ACCESS_DENIED"));
});

test("an operator reads it for a dispute, and not before; a stranger never", async () => {
  const { buyer, agent, id } = await working();
  await agent.client.sandbox.exec(id, { command: "ls" });
  await deliver(agent, id, REVIEW);
  const [operator, stranger] = [await city.owner("Operator"), await city.owner("Stranger")];
  await city.database.pool.query("update owner set role = 'operator' where id = $1", [operator.id]);
  await expect(operator.client.tasks.transcript(id)).rejects.toMatchObject({ code: "TASK_NOT_FOUND" });
  await buyer.client.tasks.dispute(id, { reason: "incomplete", description: "Half of it is missing." });
  expect((await operator.client.tasks.transcript(id)).data).toEqual([expect.objectContaining({ command: "ls" })]);
  await expect(stranger.client.tasks.transcript(id)).rejects.toMatchObject({ code: "TASK_NOT_FOUND" });
});

test("a command that runs at delivery is ended and kept, tells nothing, and the gate judges what was delivered", async () => {
  const { agent, id, sandboxId } = await working();
  const { running } = await started(agent, id, sandboxId, "cat src/add.ts; sleep 60");
  await deliver(agent, id, BAD_REVIEW);
  expect(await running).toMatchObject({ exitCode: 137, stdout: "", stderr: "" });
  expect(await agent.client.tasks.get(id)).toMatchObject({ status: "failed", failureReason: "quality_gate" });
  expect((await agent.client.tasks.transcript(id)).data).toMatchObject([{ command: "cat src/add.ts; sleep 60" }]);
});

test("a command that speaks as a broken seal would is answered and kept like any other", async () => {
  const { agent, id } = await working();
  const command = "echo mine > mine.txt; echo 'bwrap: no' >&2; exit 1";
  expect(await agent.client.sandbox.exec(id, { command })).toMatchObject({ exitCode: 1, stderr: "bwrap: no\n" });
  const { data } = await agent.client.tasks.transcript(id);
  expect(data).toMatchObject([{ command, exitCode: 1, stdoutBytes: 0, stderrBytes: 10 }]);
});

test("a command that the sandbox gave no answer to is kept, one that it refused to begin is not", async () => {
  const { agent, id, sandboxId } = await working();
  const sandbox = await city.ctx().ports.sandbox.open(sandboxId);
  if (!sandbox) throw new Error("There is no sandbox.");
  const { exec } = sandbox;
  sandbox.exec = async (...given) => {
    await exec.apply(sandbox, given);
    throw new CityError("UNAVAILABLE", "The sandbox did not answer.");
  };
  const run = (command: string) =>
    city.call("POST", `/tasks/${id}/sandbox/exec`, { key: agent.key, body: { command } });
  expect((await run(" ")).status).toBe(400);
  expect((await run("echo mine > mine.txt")).status).toBe(503);
  expect((await agent.client.sandbox.readFile(id, "mine.txt")).content).toBe("mine\n");
  sandbox.exec = async () => {
    throw notBegun("The seal failed to start.", {});
  };
  expect((await run("echo theirs > mine.txt")).status).toBe(503);
  const { data } = await agent.client.tasks.transcript(id);
  expect(data).toMatchObject([{ command: "echo mine > mine.txt", exitCode: -1, stdoutBytes: 0 }]);
});

test("a seller that gives its sandbox back mid-work ends its commands, and can still deliver", async () => {
  const { agent, id, sandboxId } = await working();
  const { running } = await started(agent, id, sandboxId, "sleep 60");
  await agent.client.tasks.destroySandbox(id, sandboxId);
  expect(await running).toMatchObject({ exitCode: 137 });
  await deliver(agent, id, REVIEW);
  expect(await agent.client.tasks.get(id)).toMatchObject({ status: "completed" });
});
