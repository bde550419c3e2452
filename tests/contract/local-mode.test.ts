import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity } from "#tests/support/city.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

function moveClock(body: string, contentType = "application/json") {
  return fetch(`${city.url}/local/clock`, { method: "POST", headers: { "content-type": contentType }, body });
}
const cityTime = async () => {
  const { rows } = await city.database.pool.query<{ now: Date }>("select city_now() as now");
  return rows[0]?.now.getTime() ?? 0;
};

test("the city's clock moves forward by what was asked", async () => {
  const before = await cityTime();
  const response = await moveClock(JSON.stringify({ advanceMs: 900_000 }));
  expect(response.status).toBe(200);
  const moved = (await cityTime()) - before;
  expect(moved).toBeGreaterThanOrEqual(900_000);
  expect(moved).toBeLessThan(930_000);
});

test.each([
  ["backwards", JSON.stringify({ advanceMs: -1 }), "application/json", 400],
  ["by years", JSON.stringify({ advanceMs: 1e12 }), "application/json", 400],
  ["by no number", JSON.stringify({ advanceMs: "15 minutes" }), "application/json", 400],
  ["by null", "null", "application/json", 400],
  ["without a body", "", "application/json", 400],
  // What a form on another site's page could send without being asked.
  ["as a form", JSON.stringify({ advanceMs: 900_000 }), "text/plain", 415],
])("the clock does not move %s", async (_what, body, contentType, status) => {
  const before = await cityTime();
  expect((await moveClock(body, contentType)).status).toBe(status);
  expect((await cityTime()) - before).toBeLessThan(60_000);
});
