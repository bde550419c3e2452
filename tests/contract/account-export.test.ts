import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity, type TestOwner } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import type { Outputs } from "../../app/_trpc/client.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

type Part = Outputs["owners"]["export"]["part"];

/** All parts joined by key, as the page does it. */
async function exportOf(owner: TestOwner): Promise<{ whole: Part; parts: number }> {
  const dashboard = await dashboardOf(city, owner);
  const whole: Record<string, unknown> = {};
  let cursor: string | null | undefined;
  let parts = 0;
  while (cursor !== null) {
    const answer: Outputs["owners"]["export"] = await dashboard.owners.export.query(cursor ? { cursor } : {});
    for (const [key, value] of Object.entries(answer.part)) {
      const before = whole[key];
      whole[key] = Array.isArray(before) ? [...before, ...(value as unknown[])] : value;
    }
    cursor = answer.nextCursor;
    parts += 1;
  }
  return { whole: whole as Part, parts };
}

test("an export has everything of the owner's, however long its lists, and no secret", async () => {
  const owner = await city.owner("Ida Export");
  const agent = await owner.agent({ displayName: "Exported" });
  const { secret } = await agent.client.agents.registerWebhook("https://hooks.example.com/export");
  const token = await owner.client.tokens.create({ name: "ci" });
  const trust = await owner.client.trust.createKey({ name: "partner" });
  for (let n = 0; n < 23; n++) {
    const task = await owner.client.tasks.submit({
      taskType: "design",
      maxBudget: 50,
      input: { description: `Number ${n}.`, code: "export const handedIn = true;" },
    });
    await owner.client.tasks.cancel(task.id);
  }
  const { whole, parts } = await exportOf(owner);
  expect(parts).toBeGreaterThan(6);
  expect(whole.profile).toMatchObject({ name: "Ida Export", email: owner.email });
  expect(whole.agents).toMatchObject([
    { displayName: "Exported", webhookSettings: { url: "https://hooks.example.com/export" }, budget: { daily: null } },
  ]);
  expect(whole.ownerTokens).toMatchObject([{ name: "ci" }]);
  expect(whole.trustKeys).toMatchObject([{ name: "partner" }]);
  expect(new Set(whole.tasksBought?.map(({ input }) => input.description)).size).toBe(23);
  for (const { input } of whole.tasksBought ?? []) expect(input.code).toBe("export const handedIn = true;");
  // Starter credits, and for each task its hold and the return of it.
  expect(whole.transactions).toHaveLength(1 + 2 * 23);
  expect(whole.statements?.length).toBeGreaterThan(0);
  expect(Object.keys(whole)).toEqual(
    expect.arrayContaining(["notifications", "pool", "bank", "tasksSold", "disputes", "withdrawals"]),
  );
  const text = JSON.stringify(whole);
  for (const hidden of [agent.key, secret ?? "whsec_", token.token, trust.key, owner.password])
    expect(text).not.toContain(hidden);
});

test("an export has nothing of anyone else's, an operator's neither, and a made-up cursor is refused", async () => {
  const stranger = await city.owner("Sam Stranger");
  await stranger.client.tasks.submit({ taskType: "design", maxBudget: 50, input: { description: "Not yours." } });
  const operator = await city.owner("Olga Operator");
  await city.database.prisma.owner.update({ where: { id: operator.id }, data: { role: "operator" } });
  const text = JSON.stringify((await exportOf(operator)).whole);
  for (const theirs of [stranger.id, stranger.email, "Not yours."]) expect(text).not.toContain(theirs);
  const dashboard = await dashboardOf(city, operator);
  for (const cursor of ["owners 1", "tasksBought x", "tasksBought -1", "transactions nope", "__proto__ 1"])
    await expect(dashboard.owners.export.query({ cursor })).rejects.toMatchObject({ data: { httpStatus: 400 } });
});
