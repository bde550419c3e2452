/** Limits on the pages that people look at, by the front door itself: Next is played. */
import type { Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFrontDoor } from "#server/http/front-door.ts";
import { countPages } from "#server/http/page-limits.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { dashboardCookie } from "#tests/support/dashboard.ts";
import { newAddress } from "#tests/support/new-address.ts";

let city: TestCity;
let door: Server;
beforeAll(async () => {
  city = await startTestCity({ settings: { limits: { pages: 3, dashboard: 5 } }, prism: false });
  const next = countPages(city, (_request, response) => void response.end("a page"));
  door = makeFrontDoor((request) => city.api(request), next, { trustedProxies: ["loopback"] });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  door?.close();
  await city?.stop();
});

const statuses = async (path: string, headers: Record<string, string>, times: number) => {
  const { port } = door.address() as { port: number };
  const found: number[] = [];
  for (let i = 0; i < times; i += 1) found.push((await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status);
  return found;
};

test("a stranger's pages are counted by address, and what a page consists of is not", async () => {
  const stranger = { "x-forwarded-for": newAddress() };
  expect(await statuses("/_next/static/chunk.js", stranger, 5)).not.toContain(429);
  expect(await statuses("/explore?query=a", stranger, 4)).toEqual([200, 200, 200, 429]);
  expect(await statuses("/explore", { "x-forwarded-for": newAddress() }, 1)).toEqual([200]);
});

test("pages and the calls they make have one budget of each owner who is signed in", async () => {
  const cookies = await dashboardCookie(city, await city.owner());
  const signedIn = { ...cookies, "sec-fetch-site": "same-origin", "x-forwarded-for": newAddress() };
  expect(await statuses("/overview", signedIn, 3)).toEqual([200, 200, 200]);
  expect(await statuses("/api/trpc/owners.me", signedIn, 3)).toEqual([200, 200, 429]);
  expect(await statuses("/overview", signedIn, 1)).toEqual([429]);
  const others = { ...signedIn, ...(await dashboardCookie(city, await city.owner())) };
  expect(await statuses("/overview", others, 1)).toEqual([200]);
});
