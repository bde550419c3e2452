import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeDocument } from "#server/rest/openapi.ts";
import { routes } from "#server/rest/routes.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { violations } from "#tests/support/json-schema.ts";

type Schema = { [key: string]: unknown };
type Media = { schema: Schema; example: unknown };
type Operation = {
  operationId: string;
  description: string;
  security: object[];
  parameters: { in?: string; name?: string; description?: string }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { $ref?: string; content?: Record<string, Media> }>;
};
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, { content: Record<string, Media> }> };
};

/** Parameters whose name and values say it all. */
const SELF_EVIDENT = [
  "pageSize",
  "limit",
  "status",
  "framework",
  "trustTier",
  "availability",
  "category",
  "taskType",
  "verificationStatus",
  "modelTier",
  "agentId",
  "taskId",
];
const document = makeDocument("https://api.example.com") as unknown as Document;
const { schemas } = document.components;
const operationOf = (route: (typeof routes)[number]) =>
  document.paths[route.path]?.[route.method.toLowerCase()] as Operation;
/** The same schemas, forbidding what they do not name: an example shows nothing that is not there. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, closed(part)]));
  const names = inner.type === "object" && "properties" in inner && !("additionalProperties" in inner);
  return (names ? { ...inner, additionalProperties: false } : inner) as T;
}
const successOf = ({ responses }: Operation) =>
  Object.entries(responses).find(([status]) => status.startsWith("2"))?.[1];

describe.each(routes)("$method $path", (route) => {
  const operation = operationOf(route);

  test("names its procedure, its callers and every error it can answer with", () => {
    expect(operation.operationId).toBe(route.name);
    expect(operation.security.length === 0).toBe(route.auth.includes("anonymous"));
    for (const status of [400, 401, 429, 500, 503]) expect(operation.responses).toHaveProperty(String(status));
    const inPath = operation.parameters.filter((parameter) => parameter.in === "path").map(({ name }) => `{${name}}`);
    expect(inPath).toEqual(route.path.match(/\{\w+\}/g) ?? []);
  });

  test("says of each parameter what it is", () => {
    const unnamed = operation.parameters
      .filter(({ name, description }) => name && !description)
      .map(({ name }) => name);
    expect(unnamed.filter((name) => !SELF_EVIDENT.includes(name ?? ""))).toEqual([]);
  });

  test("shows a request that the server's own schema accepts", () => {
    const example = (operation.requestBody?.content["application/json"]?.example ?? {}) as object;
    const fromPath = Object.fromEntries((route.path.match(/\w+(?=\})/g) ?? []).map((name) => [name, "x"]));
    const parsed = route.input?.safeParse({ ...example, ...fromPath });
    // Reads may need a query, which the document does not show as a whole.
    if (operation.requestBody) expect(parsed?.error?.issues).toBeUndefined();
  });

  test.skipIf(route.rest.shape === "stream")("shows an answer that is true to its schema, which says something", () => {
    const media = successOf(operation)?.content?.["application/json"] as Media;
    expect(violations(media.example, closed(media.schema), closed(schemas))).toEqual([]);
    expect(violations({}, media.schema, schemas)).not.toEqual([]);
  });
});

test("no answer's schema has a default, forbids new fields, or accepts anything at all", () => {
  const answers = Object.values(document.paths).flatMap((path) => Object.values(path).map(successOf));
  const texts = JSON.stringify([answers, schemas]);
  expect(texts).not.toMatch(/"default":/);
  expect(texts).not.toContain('"additionalProperties":false');
  expect(texts).not.toMatch(/"schema":\{\}|"data":\{\}|"items":\{\}/);
});

test("an operation that only operators may call says so", () => {
  for (const path of ["/operator/ledger", "/operator/overdue"])
    expect(document.paths[path]?.get?.description, path).toContain("For operators.");
  expect(document.paths["/tokens"]?.get?.description).toContain("For owners.");
});

test("every reference leads somewhere, and every operation id is unique", () => {
  const text = JSON.stringify(document);
  for (const [, pointer = ""] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = pointer.split("/").reduce<unknown>((at, part) => (at as Schema)?.[part], document);
    expect(target, pointer).toBeDefined();
  }
  const ids = Object.values(document.paths).flatMap((path) => Object.values(path).map((o) => o.operationId));
  expect(new Set(ids).size).toBe(routes.length);
});

describe("the served document", () => {
  let city: TestCity;
  beforeAll(async () => {
    city = await startTestCity();
  });
  afterAll(() => city?.stop());

  test("is OpenAPI 3.1, lists every route, names this city as its server, and may be kept for a while", async () => {
    const response = await fetch(`${city.url}/api/v1/openapi.json`);
    const served = (await response.json()) as Document & { servers: { url: string }[] };
    expect(served.openapi).toBe("3.1.0");
    expect(served.servers[0]?.url).toBe(`${new URL(city.config.publicUrl).origin}/api/v1`);
    expect(Object.keys(served.paths)).toEqual([...new Set(routes.map(({ path }) => path))]);
    expect(response.headers.get("cache-control")).toContain("max-age");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });
});
