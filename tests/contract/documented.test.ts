import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { documentedFetch, seen } from "#tests/support/documented.ts";

/** The harness that holds every answer against the API document must itself be able to say no. */
let server: Server;
let ask: (path: string) => Promise<Response>;
const answers: Record<string, [status: number, body: unknown]> = {
  "/tokens": [200, { success: true, data: [] }],
  "/agents/mine": [418, { success: false, error: { code: "CONFLICT", message: "A teapot.", requestId: "r" } }],
  "/vault/balance": [200, { success: true, data: { available: "12", escrowed: 0, disputed: 0, debt: 0 } }],
  "/agents/me": [401, { success: false, error: { code: "NO_SUCH_CODE", message: "No.", requestId: "r" } }],
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const [status, body] = answers[(request.url ?? "").replace("/api/v1", "")] ?? [500, {}];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const documented = documentedFetch(url);
  ask = (path) => documented(`${url}/api/v1${path}`);
});
afterAll(() => {
  server?.close();
});

test("an answer that is as documented passes", async () => {
  expect((await ask("/tokens")).status).toBe(200);
});

test.each([
  ["a status that is not listed", "/agents/mine", /418: this status is not listed/],
  ["a field of the wrong type", "/vault/balance", /available: is no integer/],
  ["a field that is missing", "/vault/balance", /lifetimeEarned: is missing/],
  ["an error code that is not in the table", "/agents/me", /NO_SUCH_CODE/],
])("%s is an undocumented answer", async (_, path, problem) => {
  const before = seen.undocumented.length;
  await expect(ask(path)).rejects.toThrow(problem);
  expect(seen.undocumented).toHaveLength(before + 1);
});
