/** The dashboard's calls as anybody may send them, past the dashboard's own client. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeApi } from "#server/http/api.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { dashboardCookie, dashboardOf } from "#tests/support/dashboard.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

const HERE = { "content-type": "application/json", "sec-fetch-site": "same-origin" };

async function send(name: string, body: string, headers: Record<string, string> = HERE) {
  const response = await fetch(`${city.url}/api/trpc/${name}`, { method: "POST", headers, body });
  return { status: response.status, body: await response.json() };
}
type Told = { error: { data: { city: { code: string; details?: { fields?: { path: string }[] } } } } };
const told = ({ status, body }: { status: number; body: unknown }) => {
  const { code, details } = (body as Told).error.data.city;
  return [status, code, details?.fields?.[0]?.path];
};
const signUp = (name: string) =>
  JSON.stringify({
    name: "N",
    email: `${crypto.randomUUID()}@example.com`,
    password: "a long enough password",
  }).replace('"N"', name);
const deep = `${"[".repeat(100_000)}1${"]".repeat(100_000)}`;

test.each([
  ["a NUL character", signUp('"a\\u0000b"'), "name"],
  ["half a surrogate pair", signUp('"\\ud800"'), "name"],
  ["what is nested without end", signUp(deep), expect.stringMatching(/^name\.0\.0/)],
  ["cut JSON", '{"name": "x"', undefined],
])("%s is refused as in the REST API", async (_, body, path) => {
  expect(told(await send("auth.signUp", body))).toEqual([400, "VALIDATION_ERROR", path]);
});

test.each([
  ["a NUL character", '{"name":"a\\u0000b"}', "name"],
  ["what is nested without end", `{"name":${deep}}`, expect.stringMatching(/^name\.0\.0/)],
  ["cut JSON", '{"name": "x"', undefined],
])("%s is refused under an Idempotency-Key, too, whichever way it comes", async (_, body, path) => {
  const owner = await city.owner();
  const key = { "idempotency-key": crypto.randomUUID() };
  const headers = { ...HERE, ...key, ...(await dashboardCookie(city, owner)) };
  expect(told(await send("tokens.create", body, headers))).toEqual([400, "VALIDATION_ERROR", path]);
  const rest = await city.call("POST", "/tokens", { token: owner.token, body, headers: key });
  expect([rest.status, rest.body.error?.code]).toEqual([400, "VALIDATION_ERROR"]);
});

test("in a batch each call is judged for itself", async () => {
  const { status, body } = await send(
    "auth.signUp,auth.signUp?batch=1",
    `{"0":${signUp('"a\\u0000b"')},"1":${signUp('"Fine"')}}`,
  );
  expect(status).toBe(207);
  const [refused, done] = body as [Told, { result: object }];
  expect(told({ status: 400, body: refused })).toEqual([400, "VALIDATION_ERROR", "name"]);
  expect(done.result).toBeDefined();
});

test("a page's own call with NUL, which no transport has seen, is refused before the database is asked", async () => {
  const { call } = await city.callerFor(null);
  await expect(call.agents.get({ id: "\u0000" })).rejects.toMatchObject({ cause: { code: "VALIDATION_ERROR" } });
});

test("a call as another type or by another method is the client's fault", async () => {
  expect(told(await send("auth.signUp", "name=x", { ...HERE, "content-type": "text/plain" }))).toEqual([
    415,
    "UNSUPPORTED_MEDIA_TYPE",
    undefined,
  ]);
  const form = await send("auth.signUp", "no form", { ...HERE, "content-type": "multipart/form-data" });
  expect(told(form)).toEqual([400, "VALIDATION_ERROR", undefined]);
  const read = await fetch(`${city.url}/api/trpc/auth.signUp`, { headers: HERE });
  expect(told({ status: read.status, body: await read.json() })).toEqual([405, "METHOD_NOT_ALLOWED", undefined]);
});

test.each(["null", "http://elsewhere.example.com", "no origin at all"])("a call from %s is refused", async (origin) => {
  const { status } = await send("auth.signUp", "{}", { "content-type": "application/json", origin });
  expect(status).toBe(403);
});

test("a good call still gets through", async () => {
  const owner = await city.owner();
  expect(await (await dashboardOf(city, owner)).owners.me.query()).toMatchObject({ email: owner.email });
});

test("what fails outside of every operation is answered in the API's form, and says nothing of the cause", async () => {
  const api = makeApi(city, { gitRemote: () => Promise.reject(new Error("a secret path")) });
  const answer = await api.request("/git/storefront.git");
  expect(answer.status).toBe(500);
  const body = await answer.json();
  expect(body).toMatchObject({ success: false, error: { code: "INTERNAL_ERROR" } });
  expect(JSON.stringify(body)).not.toContain("secret path");
});
