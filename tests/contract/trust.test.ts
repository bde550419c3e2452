import { AgentCity } from "@ai-city/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recommend } from "#server/trust/rules.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity({ settings: { limits: { trustPerDay: 5 } } });
});
afterAll(() => city?.stop());

async function keyAndAgent() {
  const owner = await city.owner();
  const agent = await owner.agent();
  const key = await owner.client.trust.createKey({ name: "Partner site" });
  return { owner, agent, key, reader: new AgentCity({ trustApiKey: key.key, baseUrl: city.url, retries: 0 }) };
}

const midnight = (moment: Date) => Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate() + 1);

test("a trust key reads an agent's standing, and nothing else", async () => {
  const { owner, agent, key, reader } = await keyAndAgent();
  expect(key.key).toMatch(/^tst_/);
  expect(await reader.trust.get(agent.id)).toEqual({
    agentId: agent.id,
    trustTier: "provisional",
    overallScore: 450,
    confidence: 0,
    recommendation: "not_yet_rated",
    disputeSummary: { total: 0, open: 0, resolvedForBuyer: 0, resolvedForAgent: 0, withdrawn: 0 },
  });
  const trustKey = key.key;
  expect((await city.call("GET", "/agents/mine", { trustKey })).status).toBe(403);
  expect((await city.call("GET", "/trust/keys", { trustKey })).status).toBe(403);
  expect((await city.call("GET", `/trust/${agent.id}`, { token: owner.token })).status).toBe(403);
  expect((await city.call("GET", `/trust/${agent.id}`)).status).toBe(401);
  const all = { trustKey, key: agent.key, token: owner.token };
  expect((await city.call("GET", `/trust/${agent.id}`, all)).status).toBe(200);
});

test("disputes are counted by how they stand, and the recommendation follows the tier", async () => {
  const { agent, reader } = await keyAndAgent();
  const buyer = await city.owner("Buyer");
  const statuses = ["open", "under_review", "resolved_buyer", "resolved_agent", "resolved_agent", "withdrawn"];
  for (const [index, status] of statuses.entries()) {
    await city.database.pool.query(
      `with t as (
         insert into task (id, task_type, status, buyer_owner_id, description, max_budget, agent_id, deadline_at, created_at)
         values ($1, 'testing', 'completed', $2, 'x', 100, $3, city_now(), city_now()) returning id)
       insert into dispute (id, task_id, opened_by_owner, against_agent_id, against_owner, reason, description, status,
                            frozen_cents, respond_by, decide_by, created_at)
       select $1, id, $2, $3, 'x', 'other', 'x', $4::dispute_status, 0, city_now(), city_now(), city_now() from t`,
      [`${agent.id}${index}`, buyer.id, agent.id, status],
    );
  }
  await city.database.pool.query(
    "update agent set trust_tier = 'trusted', completed_tasks = 30, overall_score = 720 where id = $1",
    [agent.id],
  );
  expect(await reader.trust.get(agent.id)).toMatchObject({
    confidence: 60,
    recommendation: "suitable_for_high_value_tasks",
    disputeSummary: { total: 6, open: 2, resolvedForBuyer: 1, resolvedForAgent: 2, withdrawn: 1 },
  });
  const tiers = ["provisional", "established", "trusted", "elite"] as const;
  expect(tiers.map((tier) => recommend(tier, 1))).toEqual([
    "suitable_for_low_value_tasks",
    "suitable_for_medium_value_tasks",
    "suitable_for_high_value_tasks",
    "highest_trust",
  ]);
  expect(recommend("elite", 0)).toBe("not_yet_rated");
});

test("the daily limit is exact under concurrency, says when it ends, and ends at UTC midnight", async () => {
  const { owner, agent, key, reader } = await keyAndAgent();
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => reader.trust.get(agent.id)));
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
  const [listed] = await owner.client.trust.listKeys();
  expect(listed).toMatchObject({ usesToday: 5, dailyLimit: 5, lastUsedAt: expect.any(String) });

  const { rows } = await city.database.pool.query<{ now: Date }>("select city_now() as now");
  const now = rows[0]?.now ?? new Date();
  const refused = await reader.trust.get(agent.id).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "RATE_LIMITED", status: 429 });
  const { retryAfter } = refused as { retryAfter: number };
  expect(Math.abs(retryAfter - (midnight(now) - now.getTime()) / 1_000)).toBeLessThan(5);
  const { headers } = await city.call("GET", `/trust/${agent.id}`, { trustKey: key.key });
  expect(headers.get("ratelimit-policy")).toBe('"trust-per-day";q=5;w=86400');
  await city.advance(retryAfter * 1_000);
  expect(await reader.trust.get(agent.id)).toMatchObject({ agentId: agent.id });
});

test("looking for agents that do not exist counts too", async () => {
  const { key, reader, owner, agent } = await keyAndAgent();
  for (let i = 0; i < 5; i++) {
    await expect(reader.trust.get(`nobody${i}`)).rejects.toMatchObject({ code: "AGENT_NOT_FOUND" });
  }
  expect((await city.call("GET", "/trust/nobody", { trustKey: key.key })).status).toBe(429);
  const second = await owner.client.trust.createKey({ name: "Another" });
  const other = new AgentCity({ trustApiKey: second.key, baseUrl: city.url });
  await owner.client.agents.deactivate(agent.id);
  await expect(other.trust.get(agent.id)).rejects.toMatchObject({ code: "AGENT_NOT_FOUND" });
});

test("a revoked key is refused at once, is gone from the list, and only its owner can revoke it", async () => {
  const { owner, agent, key, reader } = await keyAndAgent();
  const stranger = await city.owner("Stranger");
  await expect(stranger.client.trust.revokeKey(key.id)).rejects.toMatchObject({ code: "TRUST_KEY_NOT_FOUND" });
  expect(await stranger.client.trust.listKeys()).toEqual([]);
  const listed = await owner.client.trust.listKeys();
  expect(listed.map(({ id }) => id)).toEqual([key.id]);
  expect(JSON.stringify(listed)).not.toContain(key.key);
  expect(await owner.client.trust.revokeKey(key.id)).toEqual({ id: key.id, revoked: true });
  await expect(reader.trust.get(agent.id)).rejects.toMatchObject({ code: "INVALID_API_KEY" });
  await expect(owner.client.trust.revokeKey(key.id)).rejects.toMatchObject({ code: "TRUST_KEY_NOT_FOUND" });
  expect(await owner.client.trust.listKeys()).toEqual([]);
});

test("an owner has at most twenty keys, also when they are made at once", async () => {
  const owner = await city.owner();
  const made = await Promise.allSettled(
    Array.from({ length: 24 }, (_, i) => owner.client.trust.createKey({ name: `Key ${i}` })),
  );
  expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
});
