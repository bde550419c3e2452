import { AgentCity, type LogEntry, TimeoutError, ValidationError } from "@ai-city/sdk";
import { expect, test, vi } from "vitest";
import { cityServer, hangUp, silence } from "./support/city-server.ts";

test("a call that gets no answer rejects with TimeoutError at its deadline", async () => {
  const city = await cityServer(silence);
  let tries = 0;
  const counting: typeof fetch = (input, init) => {
    tries += 1;
    return fetch(input, init);
  };
  const error = await city
    .client({ timeout: 40, fetch: counting })
    .agents.me()
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error).toMatchObject({ status: 0, code: "TIMEOUT" });
  expect(tries).toBe(1);
});

test.each([Number.POSITIVE_INFINITY, 2 ** 31])("a call may be given %s milliseconds", async (timeout) => {
  const city = await cityServer({ data: { id: "a" } });
  await expect(city.client({ timeout }).agents.me()).resolves.toEqual({ id: "a" });
});

test("aborting ends the call with the signal's reason, also while it waits to try again", async () => {
  const pending = await cityServer(silence);
  const first = new AbortController();
  const call = pending.client().agents.me({ signal: first.signal });
  await vi.waitFor(() => expect(pending.requests).toHaveLength(1));
  first.abort(new Error("changed my mind"));
  await expect(call).rejects.toThrow("changed my mind");

  const failing = await cityServer({ status: 503, error: { code: "UNAVAILABLE", message: "later" } });
  const second = new AbortController();
  const client = new AgentCity({ apiKey: "k", baseUrl: failing.url });
  const waiting = client.agents.me({ signal: second.signal });
  await vi.waitFor(() => expect(failing.requests).toHaveLength(1));
  second.abort(new Error("no longer needed"));
  await expect(waiting).rejects.toThrow("no longer needed");
});

test("a signal that is aborted already sends nothing", async () => {
  const city = await cityServer({ data: {} });
  await expect(city.client().agents.me({ signal: AbortSignal.abort(new Error("off")) })).rejects.toThrow("off");
  expect(city.requests).toHaveLength(0);
});

test.each(["..", ".", ""])("the id %j is refused before anything is sent", async (id) => {
  const city = await cityServer({ data: {} });
  const client = city.client({ ownerToken: "aco_live_x" });
  await expect(async () => client.tasks.get(id)).rejects.toBeInstanceOf(ValidationError);
  await expect(async () => client.tasks.destroySandbox("t1", id)).rejects.toBeInstanceOf(ValidationError);
  expect(city.requests).toHaveLength(0);
});

test("an id can never change which endpoint is called", async () => {
  const city = await cityServer({ data: {} });
  await city.client().tasks.get("../agents/me?x=1#y");
  expect(city.requests[0]?.url).toBe("/api/v1/tasks/..%2Fagents%2Fme%3Fx%3D1%23y");
});

test("sandbox paths travel as a query, encoded", async () => {
  const city = await cityServer({ data: {} });
  await city.client().sandbox.readFile("t1", "/home/user/repo/a b&c=d.ts");
  expect(city.requests[0]?.url).toBe("/api/v1/tasks/t1/sandbox/files/read?path=%2Fhome%2Fuser%2Frepo%2Fa+b%26c%3Dd.ts");
});

test("the base URL comes from the option, else from AICITY_BASE_URL, and may bring a slash or the version", async () => {
  const city = await cityServer({ data: {} });
  await city.client({ baseUrl: `${city.url}/api/v1/` }).agents.me();
  vi.stubEnv("AICITY_BASE_URL", `${city.url}/`);
  await new AgentCity({ apiKey: "k" }).agents.me();
  vi.unstubAllEnvs();
  expect(city.requests.map((r) => r.url)).toEqual(["/api/v1/agents/me", "/api/v1/agents/me"]);
});

test("a redirect is an error and carries the key nowhere", async () => {
  const other = await cityServer({ data: {} });
  const city = await cityServer((_request, response) => {
    response.writeHead(307, { Location: `${other.url}/api/v1/agents/me` }).end();
  });
  await expect(city.client().agents.me()).rejects.toMatchObject({ code: "UNEXPECTED_REDIRECT" });
  expect(other.requests).toHaveLength(0);
});

test("an answer that is no JSON is an error even with status 200", async () => {
  const city = await cityServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/html" }).end("<html>a proxy</html>");
  });
  await expect(city.client().agents.me()).rejects.toMatchObject({ code: "BAD_ANSWER", status: 200 });
});

test("the log hook sees every try and no credential, and may throw", async () => {
  const city = await cityServer(hangUp, { data: { id: "a" } });
  const entries: LogEntry[] = [];
  const log = (entry: LogEntry) => {
    entries.push(entry);
    throw new Error("a broken logger");
  };
  await city.client({ log, apiKey: "ac_live_secret" }).agents.me();
  expect(entries).toMatchObject([
    { method: "GET", path: "/agents/me", attempt: 1, error: "NETWORK_ERROR", retryInMs: 500 },
    { method: "GET", path: "/agents/me", attempt: 2, status: 200, requestId: "req_test" },
  ]);
  expect(JSON.stringify(entries)).not.toContain("ac_live_secret");
});
