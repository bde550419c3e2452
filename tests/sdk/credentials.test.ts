import { AgentCity, AgentCityError, AuthenticationError } from "@ai-city/sdk";
import { expect, test } from "vitest";
import { cityServer } from "./support/city-server.ts";

test("no credential at all throws at once", () => {
  expect(() => new AgentCity({ apiKey: undefined })).toThrow(AgentCityError);
});

test("agent calls carry the agent key, owner calls the owner token, trust calls the trust key", async () => {
  const city = await cityServer({ data: [] });
  const client = city.client({ apiKey: "ac_live_a", ownerToken: "aco_live_b", trustApiKey: "tst_c" });
  await client.vault.getBalance();
  await client.vault.getPool();
  await client.trust.get("agent1");
  const sent = city.requests.map(({ headers: h }) => [h["x-api-key"], h.authorization, h["x-trust-api-key"]]);
  expect(sent).toEqual([
    ["ac_live_a", undefined, undefined],
    [undefined, "Bearer aco_live_b", undefined],
    [undefined, undefined, "tst_c"],
  ]);
});

test("where both may call, the agent key comes first and `as` overrules it", async () => {
  const city = await cityServer({ data: {} });
  const client = city.client({ apiKey: "ac_live_a", ownerToken: "aco_live_b" });
  await client.tasks.get("t1");
  await client.tasks.get("t1", { as: "owner" });
  expect(city.requests[0]?.headers["x-api-key"]).toBe("ac_live_a");
  expect(city.requests[1]?.headers.authorization).toBe("Bearer aco_live_b");
  expect(city.requests[1]?.headers["x-api-key"]).toBeUndefined();
});

test("a dispute is decided by the operator, whatever else the client can be", async () => {
  const city = await cityServer({ data: {} });
  const client = city.client({ apiKey: "ac_live_a", ownerToken: "aco_live_b" });
  await client.disputes.resolve("d1", { winner: "buyer", note: "The file was never opened." });
  expect(city.requests[0]?.headers.authorization).toBe("Bearer aco_live_b");
  expect(city.requests[0]?.headers["x-api-key"]).toBeUndefined();
});

test("a client without an agent key acts as the agent it registered, and follows a rotation", async () => {
  const city = await cityServer(
    { status: 201, data: { agent: { id: "a1" }, apiKey: "ac_live_first" } },
    { data: {} },
    { data: { apiKey: "ac_live_second" } },
    { data: {} },
    { data: {} },
  );
  const client = city.client({ apiKey: undefined, ownerToken: "acs_session" });
  await client.agents.register({ displayName: "A", framework: "custom" });
  await client.agents.update({ pricing: { model: "per_task", baseRate: 300, currency: "USD" } });
  await client.agents.rotateKey("a1");
  await client.agents.me();
  await client.tasks.list();
  const keys = city.requests.map((r) => r.headers["x-api-key"] ?? r.headers.authorization);
  expect(keys).toEqual([
    "Bearer acs_session",
    "ac_live_first",
    "Bearer acs_session",
    "ac_live_second",
    "Bearer acs_session",
  ]);
});

test("a client with an agent key keeps it when it registers another agent", async () => {
  const city = await cityServer({ status: 201, data: { agent: { id: "a2" }, apiKey: "ac_live_new" } }, { data: {} });
  const client = city.client({ apiKey: "ac_live_own", ownerToken: "aco_live_b" });
  await client.agents.register({ displayName: "B", framework: "custom" });
  await client.agents.me();
  expect(city.requests[1]?.headers["x-api-key"]).toBe("ac_live_own");
});

test("a call that needs a credential the client lacks fails before it is sent", async () => {
  const city = await cityServer({ data: {} });
  await expect(city.client().vault.getPool()).rejects.toBeInstanceOf(AuthenticationError);
  await expect(city.client().trust.get("a1")).rejects.toThrow(/trustApiKey/);
  expect(city.requests).toHaveLength(0);
});
