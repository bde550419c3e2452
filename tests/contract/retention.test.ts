import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { DAY } from "#tests/support/durations.ts";

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
