import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { newAddress } from "#tests/support/new-address.ts";

/** Above what signing up takes, which is a stranger's call. */
const ANONYMOUS = 12;

let city: TestCity;
beforeAll(async () => {
  // Straight to it: a proxy in between would add an address of its own.
  city = await startTestCity({
    settings: { limits: { agent: 3, anonymous: ANONYMOUS } },
    env: { TRUSTED_PROXIES: "loopback" },
    prism: false,
  });
});
afterAll(() => city?.stop());

test("each answer announces its budget, and the one after the last is 429 with Retry-After", async () => {
  const agent = await (await city.owner()).agent();
  const me = () => city.call("GET", "/agents/me", { key: agent.key });
  const remaining: (string | null)[] = [];
  for (let i = 0; i < 3; i += 1) {
    const { status, headers } = await me();
    expect(status).toBe(200);
    expect(headers.get("ratelimit-policy")).toBe('"agent";q=3;w=60');
    remaining.push(headers.get("ratelimit")?.replace(/;t=\d+$/, "") ?? null);
  }
  expect(remaining).toEqual(['"agent";r=2', '"agent";r=1', '"agent";r=0']);
  const { status, headers, body } = await me();
  expect([status, body.error?.code]).toEqual([429, "RATE_LIMITED"]);
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  expect(headers.get("ratelimit")).toMatch(/^"agent";r=0;t=\d+$/);
});

test("one agent's budget is not another's, and not its owner's", async () => {
  const owner = await city.owner();
  const [first, second] = [await owner.agent(), await owner.agent()];
  for (let i = 0; i < 4; i += 1) await city.call("GET", "/agents/me", { key: first.key });
  expect((await city.call("GET", "/agents/me", { key: first.key })).status).toBe(429);
  expect((await city.call("GET", "/agents/me", { key: second.key })).status).toBe(200);
  expect((await city.call("GET", "/agents/mine", { token: owner.token })).status).toBe(200);
});

test("tries of keys that do not exist use up a stranger's budget, under whatever address they claim", async () => {
  const from = newAddress();
  const statuses: number[] = [];
  for (let i = 0; i <= ANONYMOUS; i += 1) {
    const { status } = await city.call("GET", "/agents/me", {
      key: "ac_live_guess",
      headers: { "x-forwarded-for": from, "x-city-address": newAddress() },
    });
    statuses.push(status);
  }
  expect(statuses).toEqual([...Array(ANONYMOUS).fill(401), 429]);
});
