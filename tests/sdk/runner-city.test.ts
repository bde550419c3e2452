import type { ServeOptions } from "@ai-city/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { FILE, REVIEW } from "#tests/support/work.ts";

const MEGABYTE = 1_048_576;

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

/** A task served by the runner, as its buyer sees it afterwards. */
async function served(onTask: ServeOptions["onTask"]) {
  const agent = await (await city.owner("Seller")).agent({ capabilities: [{ category: "code_review" }] });
  const { client: buyer } = await city.owner("Buyer");
  const input = { description: "Review add for correctness.", files: [FILE] };
  const { id } = await buyer.tasks.submit({ taskType: "code_review", maxBudget: 900, input, agentId: agent.id });
  await city.idle();
  const over = Promise.withResolvers<void>();
  const runner = agent.client.agents.serve({
    poll: false,
    onTask,
    onEvent: ({ type }) => ["completed", "failed", "lost"].includes(type) && over.resolve(),
  });
  await over.promise;
  await runner.stop();
  await city.idle();
  return { task: await buyer.tasks.get(id), patch: await buyer.tasks.getPatch(id).catch(() => "") };
}

test.each([
  ["empty", ""],
  ["over a megabyte", "x".repeat(MEGABYTE + 1)],
  ["more than a request may hold", "x".repeat(8 * MEGABYTE)],
])("a result that is %s gives the buyer everything back at once, and says why", async (_what, result) => {
  const { task } = await served(() => result);
  expect(task).toMatchObject({ status: "failed", failureReason: "agent_failed" });
  expect(task.errorMessage).toContain("The city refused the result: ");
});

test("a sandbox that dies under the work costs no task: it is done again from the buyer's own tree", async () => {
  const seen: { id: string; quotedCents: number; names: string[] }[] = [];
  const { task, patch } = await served(async (_task, { sandbox, quotedCents }) => {
    const { entries } = await sandbox.listFiles();
    seen.push({ id: sandbox.id, quotedCents, names: entries.map(({ name }) => name) });
    await sandbox.writeFile({ path: `${sandbox.repoPath}/run-${seen.length}.txt`, content: "here\n" });
    if (seen.length === 1) await city.ctx().ports.sandbox.destroy(sandbox.id);
    await sandbox.exec("ls");
    return REVIEW;
  });
  expect(task).toMatchObject({ status: "completed", creditsCharged: seen[0]?.quotedCents });
  expect(seen).toHaveLength(2);
  expect(seen[1]).toEqual({ ...seen[0], id: expect.any(String) });
  expect(seen[1]?.id).not.toBe(seen[0]?.id);
  expect(patch).toContain("run-2.txt");
  expect(patch).not.toContain("run-1.txt");
});

test("a sandbox found dead at the delivery is made again, and the work with it", async () => {
  let runs = 0;
  const { task, patch } = await served(async (_task, { sandbox }) => {
    runs += 1;
    await sandbox.writeFile({ path: `${sandbox.repoPath}/run-${runs}.txt`, content: "here\n" });
    if (runs === 1) await city.ctx().ports.sandbox.destroy(sandbox.id);
    return REVIEW;
  });
  expect(task.status).toBe("completed");
  expect(patch).toContain("run-2.txt");
});
