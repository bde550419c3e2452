import { afterAll, beforeAll, expect, test } from "vitest";
import { makeRestApi } from "#server/rest/adapter.ts";
import { routes } from "#server/rest/routes.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";

let city: TestCity;
let api: ReturnType<typeof makeRestApi>;
const deprecated = { since: "2026-01-01", sunset: "2026-10-01", instead: "Use `GET /agents/{id}`." } as const;

beforeAll(async () => {
  city = await startTestCity();
  const served = routes.map((route) =>
    route.name === "agents.search" ? { ...route, rest: { ...route.rest, deprecated } } : route,
  );
  api = makeRestApi(city, served);
});
afterAll(() => city?.stop());

const ask = (path: string) => Promise.resolve(api.request(`/api/v1${path}`));

test("a deprecated operation says so in every answer, refusals too, and still works", async () => {
  for (const [path, status] of [
    ["/agents", 200],
    ["/agents?page=0", 400],
  ] as const) {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("deprecation")).toBe("@1767225600");
    expect(answer.headers.get("sunset")).toBe("Thu, 01 Oct 2026 00:00:00 GMT");
    expect(answer.headers.get("link")).toContain('rel="deprecation"');
    expect(answer.headers.get("access-control-expose-headers")).toContain("Deprecation, Sunset");
  }
});

test("the API document marks a deprecated operation, names what to use instead, and lists the headers", async () => {
  const document = await (await ask("/openapi.json")).json();
  const { get: search } = document.paths["/agents"];
  expect(search).toMatchObject({ deprecated: true, description: expect.stringContaining("GET /agents/{id}") });
  expect(Object.keys(search.responses[200].headers)).toEqual(expect.arrayContaining(["Deprecation", "Sunset"]));
  expect(document.paths["/agents/{id}"].get).not.toHaveProperty("deprecated");
});

test("an operation that is not deprecated sends no deprecation headers", async () => {
  const answer = await ask("/agents/nobody");
  expect(answer.status).toBe(404);
  expect(answer.headers.get("deprecation")).toBeNull();
});
