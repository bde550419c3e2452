import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CityError } from "#server/kernel/errors.ts";
import { makeRestApi } from "#server/rest/adapter.ts";
import { routes } from "#server/rest/routes.ts";
import { startTestCity, type TestCity, type TestOwner } from "#tests/support/city.ts";
import { until } from "#tests/support/until.ts";

let city: TestCity;
let owner: TestOwner;
let agentId: string;
beforeAll(async () => {
  city = await startTestCity();
  owner = await city.owner();
  agentId = (await owner.agent()).id;
});
afterAll(() => city?.stop());

const JSON_TYPE = { "content-type": "application/json" };
const url = (path: string) => `${city.url}/api/v1${path}`;
const asOwner = () => ({ authorization: `Bearer ${owner.token}` });
/** A body as it is, byte for byte. */
const post = (
  path: string,
  body: string | Uint8Array<ArrayBuffer> | null,
  headers: Record<string, string> = JSON_TYPE,
) => fetch(url(path), { method: "POST", headers: { ...asOwner(), ...headers }, body });
const codeOf = async (response: Response) => {
  const body = (await response.json()) as { success: boolean; error: { code: string; requestId: string } };
  expect(body.success).toBe(false);
  expect(response.headers.get("x-request-id")).toBe(body.error.requestId);
  return `${response.status} ${body.error.code}`;
};
const deep = (levels: number) => `{"name":${"[".repeat(levels)}1${"]".repeat(levels)}}`;

describe("a body that is not what it should be", () => {
  test.each<[string, string | Uint8Array<ArrayBuffer>, string]>([
    ["cut JSON", '{"name": "x"', "400 VALIDATION_ERROR"],
    ["a JSON array", "[]", "400 VALIDATION_ERROR"],
    ["a JSON null", "null", "400 VALIDATION_ERROR"],
    ["a bare string", '"name"', "400 VALIDATION_ERROR"],
    ["nothing at all", "", "400 VALIDATION_ERROR"],
    ["an unknown key", '{"name":"x","admin":true}', "400 VALIDATION_ERROR"],
    ["__proto__ as a key", '{"name":"x","__proto__":{"admin":true}}', "400 VALIDATION_ERROR"],
    ["a NUL character", '{"name":"a\\u0000b"}', "400 VALIDATION_ERROR"],
    ["half a surrogate pair", '{"name":"\\ud800"}', "400 VALIDATION_ERROR"],
    [
      "invalid UTF-8",
      new Uint8Array([...Buffer.from('{"name":"'), 0xff, 0xfe, ...Buffer.from('"}')]),
      "400 VALIDATION_ERROR",
    ],
    ["JSON nested 100 deep", deep(100), "400 VALIDATION_ERROR"],
    ["JSON nested 100,000 deep", deep(100_000), "400 VALIDATION_ERROR"],
    ["a number too large for a name", '{"name":1e999}', "400 VALIDATION_ERROR"],
    ["more than 1 MB", JSON.stringify({ name: "x".repeat(1_048_577) }), "413 PAYLOAD_TOO_LARGE"],
    ["more than 8 MB", JSON.stringify({ name: "x".repeat(8 * 1_048_576) }), "413 PAYLOAD_TOO_LARGE"],
  ])("%s", async (_, body, expected) => {
    expect(await codeOf(await post("/tokens", body))).toBe(expected);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"])(
    "sent as %s is 415",
    async (type) => {
      expect(await codeOf(await post("/tokens", '{"name":"x"}', { "content-type": type }))).toBe(
        "415 UNSUPPORTED_MEDIA_TYPE",
      );
    },
  );

  test("names the path of each wrong field", async () => {
    const { body } = await city.call("POST", "/agents", {
      token: owner.token,
      body: { displayName: "", framework: "abacus", capabilities: [{ category: "juggling", tags: [] }] },
    });
    const wrong = body.error?.details?.fields as { path: string }[] | undefined;
    const fields = (wrong ?? []).map(({ path }) => path);
    expect(fields.sort()).toEqual(["capabilities.0.category", "displayName", "framework"]);
  });

  test("is refused where nothing is taken, and where the path has already said it", async () => {
    expect(await codeOf(await post("/vault/connect/link", '{"surprise":1}'))).toBe("400 VALIDATION_ERROR");
    expect(await codeOf(await post(`/agents/${agentId}/deactivate`, '{"id":"another"}'))).toBe("400 VALIDATION_ERROR");
  });
});

test("what is away for a moment says when to ask again, whoever noticed it", async () => {
  const away = (() => Promise.reject(new CityError("UNAVAILABLE", "Away."))) as never;
  const served = routes.map((route) => (route.name === "agents.search" ? { ...route, procedure: away } : route));
  const { status, headers } = await makeRestApi(city, served).request("/api/v1/agents");
  expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
});

describe("an id or a query that is not what it should be", () => {
  test.each([
    ["a huge id", `/agents/${"a".repeat(5_000)}`, "400 VALIDATION_ERROR"],
    ["an id with NUL", "/agents/%00", "400 VALIDATION_ERROR"],
    ["an id that is no UTF-8", "/agents/%ff", "404 AGENT_NOT_FOUND"],
    ["SQL as an id", "/agents/'%20or%201=1--", "404 AGENT_NOT_FOUND"],
    ["an unknown filter", "/agents?admin=true", "400 VALIDATION_ERROR"],
    ["a page before the first", "/agents?page=0", "400 VALIDATION_ERROR"],
    ["a page size in words", "/agents?pageSize=all", "400 VALIDATION_ERROR"],
    ["a page size of 101", "/agents?pageSize=101", "400 VALIDATION_ERROR"],
    ["a page beyond all", "/agents?page=99999999999999999999", "400 VALIDATION_ERROR"],
    ["NUL in a filter", "/agents?query=%00", "400 VALIDATION_ERROR"],
    ["a query where none is taken", "/agents/mine?x=1", "400 VALIDATION_ERROR"],
  ])("%s", async (_, path, expected) => {
    expect(await codeOf(await fetch(url(path), { headers: asOwner() }))).toBe(expected);
  });

  test("wildcards in a search are taken literally", async () => {
    const { body } = await city.call("GET", "/agents?query=%25");
    expect(body.data).toEqual([]);
  });
});

describe("methods", () => {
  test("an unknown path is 404 in the envelope, with a request id", async () => {
    expect(await codeOf(await fetch(url("/nothing/here")))).toBe("404 ROUTE_NOT_FOUND");
  });

  test.each([
    ["DELETE", "/tasks", "POST, GET"],
    ["PUT", "/agents/me", "GET, PATCH"],
    ["PATCH", "/auth/sign-in", "POST"],
    ["POST", "/openapi.json", "GET"],
  ])("%s %s is 405 with Allow: %s", async (method, path, allow) => {
    const response = await fetch(url(path), { method });
    expect(response.headers.get("allow")).toBe(allow);
    expect(await codeOf(response)).toBe("405 METHOD_NOT_ALLOWED");
  });

  test("HEAD answers as GET does, without a body", async () => {
    const response = await fetch(url("/agents"), { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("ratelimit")).not.toBeNull();
    expect(await response.text()).toBe("");
  });

  test("OPTIONS lets any page read with a key, never with cookies, and never change", async () => {
    const response = await fetch(url("/tasks"), {
      method: "OPTIONS",
      headers: { origin: "https://elsewhere.example" },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-methods")).toBe("GET");
    expect(response.headers.get("access-control-allow-headers")).toContain("X-API-Key");
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    expect(response.headers.get("x-request-id")).not.toBeNull();
  });
});

describe("problem+json", () => {
  const accept = { accept: "application/problem+json" };
  test.each([
    ["a wrong field", () => post("/tokens", "{}", { ...JSON_TYPE, ...accept }), 400],
    ["no credential", () => fetch(url("/agents/mine"), { headers: accept }), 401],
    ["an unknown row", () => fetch(url("/agents/nobody"), { headers: accept }), 404],
    ["an unknown path", () => fetch(url("/nowhere"), { headers: accept }), 404],
    ["a wrong method", () => fetch(url("/tasks"), { method: "PUT", headers: accept }), 405],
  ])("%s answers as RFC 9457 has it, with the same code and request id", async (_, ask, status) => {
    const response = await ask();
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ type: "about:blank", status, detail: expect.any(String), code: problem.title });
    expect(problem.requestId).toBe(response.headers.get("x-request-id"));
  });
});

test("a call whose connection the database ended is asked to come again with 503: nothing has happened", async () => {
  const { id } = await owner.client.tokens.create({ name: "Ends later" });
  const holder = await city.database.pool.connect();
  try {
    await holder.query("begin");
    await holder.query("select 1 from owner_token where id = $1 for update", [id]);
    const revoking = city.call("DELETE", `/tokens/${id}`, { token: owner.token });
    // Not on the holder's connection: within a transaction PostgreSQL shows what the first look saw.
    await until("the call waits for the row", async () => {
      const { rowCount } = await city.database.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query ilike '%update owner_token set revoked_at%'`,
      );
      return rowCount === 1;
    });
    const { status, body, headers } = await revoking;
    expect([status, body.error?.code, headers.get("retry-after")]).toEqual([503, "UNAVAILABLE", "2"]);
  } finally {
    await holder.query("rollback");
    holder.release();
  }
  await owner.client.tokens.revoke(id);
});
