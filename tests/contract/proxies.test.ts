import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity } from "#tests/support/city.ts";

const LIMIT = 3;
const cities: TestCity[] = [];
let behindProxy: TestCity;
let open: TestCity;
beforeAll(async () => {
  const settings = { limits: { anonymous: LIMIT } };
  // Straight to each: a proxy in between would add an address of its own.
  behindProxy = await startTestCity({ settings, env: { TRUSTED_PROXIES: "loopback" }, prism: false });
  open = await startTestCity({ settings, prism: false });
  cities.push(behindProxy, open);
});
afterAll(async () => {
  for (const city of cities) await city.stop();
});

async function statuses(city: TestCity, forwarded: string[]): Promise<number[]> {
  const found: number[] = [];
  for (const address of forwarded) {
    const { status } = await city.call("GET", "/agents", { headers: { "x-forwarded-for": address } });
    found.push(status);
  }
  return found;
}

test("behind a trusted proxy each client has a budget of its own", async () => {
  const first = Array.from({ length: LIMIT + 1 }, () => "203.0.113.1");
  expect(await statuses(behindProxy, first)).toEqual([200, 200, 200, 429]);
  expect(await statuses(behindProxy, ["203.0.113.2"])).toEqual([200]);
});

test("what a client itself puts before the proxy's word gives it no other address", async () => {
  const claims = Array.from({ length: LIMIT + 1 }, (_, i) => `198.51.100.${i}, 203.0.113.3`);
  expect(await statuses(behindProxy, claims)).toEqual([200, 200, 200, 429]);
});

test("IPv6 clients are counted by their network, however many addresses they have in it", async () => {
  const mine = Array.from({ length: LIMIT + 1 }, (_, i) => `2001:db8:0:1:${i}::1`);
  expect(await statuses(behindProxy, mine)).toEqual([200, 200, 200, 429]);
  expect(await statuses(behindProxy, ["2001:db8:0:2::1"])).toEqual([200]);
  // An IPv4 address in IPv6 clothes is still itself.
  expect(await statuses(behindProxy, ["::ffff:203.0.113.4", "203.0.113.4", "::ffff:203.0.113.4"])).toEqual([
    200, 200, 200,
  ]);
  expect(await statuses(behindProxy, ["203.0.113.4", "203.0.113.5"])).toEqual([429, 200]);
});

test("without a trusted proxy the header means nothing", async () => {
  const claims = Array.from({ length: LIMIT + 1 }, (_, i) => `198.51.100.${i}`);
  expect(await statuses(open, claims)).toEqual([200, 200, 200, 429]);
});
