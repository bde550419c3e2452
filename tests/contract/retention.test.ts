import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity } from "#tests/support/city.ts";

const DAY = 86_400_000;

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

test("a buyer's code is forgotten a week after the task has ended, and not before", async () => {
  // An agent's key: the owner's session would not last that long.
  const { client } = await (await city.owner()).agent();
  const { id } = await client.tasks.submit({
    taskType: "general",
    maxBudget: 500,
    input: { description: "Explain this.", code: "const secret = 42;" },
  });
  await client.tasks.cancel(id);
  const code = async () => (await client.tasks.get(id)).input.code;
  await city.advance(6 * DAY);
  expect(await code()).toBe("const secret = 42;");
  await city.advance(3 * DAY);
  expect(await code()).toBeUndefined();
});

test("while it is kept it stands with the task alone: no stored answer and no webhook has it in clear text", async () => {
  const { client } = await (await city.owner()).agent();
  await client.agents.registerWebhook("http://127.0.0.1:9/hook");
  const code = "const nowhereElse = 42;";
  const { id } = await client.tasks.submit({
    taskType: "general",
    maxBudget: 500,
    input: { description: "Explain this.", code, files: [{ path: "a.js", content: code }] },
  });
  await client.tasks.cancel(id);
  const { rows } = await city.database.pool.query<{ text: string }>(
    "select answer as text from idempotency_key union all select body from webhook_delivery",
  );
  // Both answers and what the webhook is told are there.
  expect(rows.length).toBeGreaterThanOrEqual(3);
  expect(rows.filter(({ text }) => text.includes("nowhereElse"))).toEqual([]);
});
