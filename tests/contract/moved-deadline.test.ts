import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { hireToWork } from "#tests/support/hire.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

test("a deadline that moved while its timer slept is waited for again, by the same timer", async () => {
  const agent = await (await city.owner("Seller")).agent();
  const { buyer, id } = await hireToWork(city, agent);
  const later = "update task set deadline_at = deadline_at + interval '10 minutes' where id = $1";
  await city.database.pool.query(later, [id]);
  await city.advance(city.config.settings.execution.minutes * 60_000);
  expect(await buyer.client.tasks.get(id)).toMatchObject({ status: "executing" });
  // The sweep of each minute leaves a timer half a minute's grace, so that it is not what acts here.
  await city.advance(10 * 60_000);
  expect(await buyer.client.tasks.get(id)).toMatchObject({ status: "failed", failureReason: "execution_timeout" });
});
