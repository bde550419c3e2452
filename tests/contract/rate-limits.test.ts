import type { Server } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeFrontDoor } from "#server/http/front-door.ts";
import { countPages } from "#server/http/page-limits.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { dashboardCookie } from "#tests/support/dashboard.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity({
    settings: { limits: { agent: 3, owner: 40, anonymous: 6, signInPerAccount: 2, signInPerAddress: 30 } },
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

test("tries to guess a password are limited by account, whoever it is and whether or not it exists", async () => {
  const signIn = (email: string) =>
    city.call("POST", "/auth/sign-in", {
      body: { email, password: "a wrong password" },
      // A client cannot pretend to come from elsewhere.
      headers: { "x-city-address": `10.0.0.${Math.floor(Math.random() * 250)}` },
    });
  // Each of these is an anonymous call too, so this test keeps to a fresh account of each kind.
  const statuses: number[] = [];
  for (let i = 0; i < 3; i += 1) statuses.push((await signIn("nobody@example.com")).status);
  expect(statuses.slice(0, 2)).toEqual([401, 401]);
  expect(statuses[2]).toBe(429);
});

test("tries of keys that do not exist use up a stranger's budget, under whatever address they claim", async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    const { status } = await city.call("GET", "/agents/me", {
      key: "ac_live_guess",
      headers: { "x-city-address": `10.0.1.${i}` },
    });
    statuses.push(status);
  }
  expect(statuses.at(-1)).toBe(429);
});

describe("pages", () => {
  let bounded: TestCity;
  let door: Server;
  beforeAll(async () => {
    bounded = await startTestCity({ settings: { limits: { pages: 3, dashboard: 5 } }, prism: false });
    const next = countPages(bounded, (_request, response) => void response.end("a page"));
    door = makeFrontDoor((request) => bounded.api(request), next, { trustedProxies: ["loopback"] });
    await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    door?.close();
    await bounded?.stop();
  });

  const statuses = async (path: string, headers: Record<string, string>, times: number) => {
    const { port } = door.address() as { port: number };
    const found: number[] = [];
    for (let i = 0; i < times; i += 1) found.push((await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status);
    return found;
  };

  test("of a stranger are counted by address, and what a page consists of is not", async () => {
    const from = (address: string) => ({ "x-forwarded-for": address });
    expect(await statuses("/_next/static/chunk.js", from("203.0.113.1"), 5)).not.toContain(429);
    expect(await statuses("/explore?query=a", from("203.0.113.1"), 4)).toEqual([200, 200, 200, 429]);
    expect(await statuses("/explore", from("203.0.113.2"), 1)).toEqual([200]);
  });

  test("and the calls they make have one budget of each owner who is signed in", async () => {
    const cookies = await dashboardCookie(bounded, await bounded.owner());
    const signedIn = { ...cookies, "sec-fetch-site": "same-origin", "x-forwarded-for": "203.0.113.3" };
    expect(await statuses("/overview", signedIn, 3)).toEqual([200, 200, 200]);
    expect(await statuses("/api/trpc/owners.me", signedIn, 3)).toEqual([200, 200, 429]);
    expect(await statuses("/overview", signedIn, 1)).toEqual([429]);
    const others = { ...signedIn, ...(await dashboardCookie(bounded, await bounded.owner())) };
    expect(await statuses("/overview", others, 1)).toEqual([200]);
  });
});

describe("tries to get in, and links by mail", () => {
  const PER_ACCOUNT = 3;
  let strict: TestCity;
  beforeAll(async () => {
    // Every test has a caller's address and accounts of its own.
    strict = await startTestCity({
      settings: { limits: { signInPerAccount: PER_ACCOUNT, signInPerAddress: 8 } },
      env: { TRUSTED_PROXIES: "loopback" },
      prism: false,
    });
  });
  afterAll(() => strict?.stop());

  const from = (address: string) => ({ "x-forwarded-for": address });
  const newEmail = () => `${crypto.randomUUID()}@example.com`;
  const rest = async (path: string, body: object, address: string) =>
    (await strict.call("POST", path, { body, headers: from(address) })).status;
  const signIn = (email: string, address: string) => rest("/auth/sign-in", { email, password: "a wrong one" }, address);
  const askReset = (email: string, address: string) => rest("/auth/reset-request", { email }, address);

  /** Sign-ins of the dashboard in one request; the status of each. */
  async function batch(path: string, emails: string[], headers: Record<string, string>): Promise<number[]> {
    const calls = emails.map((email, i) => [i, { email, password: "a wrong one" }]);
    const response = await fetch(`${strict.url}/api/trpc/${emails.map(() => path).join(",")}?batch=1`, {
      method: "POST",
      headers: { "content-type": "application/json", "sec-fetch-site": "same-origin", ...headers },
      body: JSON.stringify(Object.fromEntries(calls)),
    });
    const answers = (await response.json()) as { error: { data: { httpStatus: number } } }[];
    return [answers].flat().map(({ error }) => error.data.httpStatus);
  }
  const signedIn = async (address: string) => ({
    ...(await dashboardCookie(strict, await strict.owner())),
    ...from(address),
  });

  test("a batch of the dashboard's sign-ins is as many tries, also of somebody who is signed in", async () => {
    const email = newEmail();
    const statuses = await batch("auth.signIn", Array(6).fill(email), await signedIn("203.0.113.1"));
    expect(statuses.filter((status) => status === 401)).toHaveLength(PER_ACCOUNT);
    expect(statuses.filter((status) => status === 429)).toHaveLength(6 - PER_ACCOUNT);
  });

  test("another spelling of the path does not hide a try", async () => {
    const email = newEmail();
    for (let i = 0; i < PER_ACCOUNT; i += 1) await batch("%61uth.signIn", [email], from("203.0.113.2"));
    expect(await batch("auth.signI%6e", [email], from("203.0.113.2"))).toEqual([429]);
  });

  test("API and dashboard count together: by account from wherever, by address for whichever account", async () => {
    const email = newEmail();
    expect(await signIn(email, "203.0.113.3")).toBe(401);
    expect(await signIn(email, "203.0.113.4")).toBe(401);
    expect(await batch("auth.signIn", [email, email], from("203.0.113.5"))).toEqual(expect.arrayContaining([401, 429]));
    expect(await signIn(newEmail(), "203.0.113.3")).toBe(401);
    const many = await batch("auth.signIn", Array.from({ length: 9 }, newEmail), from("203.0.113.6"));
    expect(many.filter((status) => status === 429)).toHaveLength(1);
    expect(await signIn(newEmail(), "203.0.113.6")).toBe(429);
  });

  test("a batch of more calls than the dashboard sends is refused whole", async () => {
    expect(await batch("auth.signIn", Array.from({ length: 11 }, newEmail), from("203.0.113.7"))).toEqual([400]);
  });

  test("links are mailed to one address once a minute, and the one on its way goes on working", async () => {
    const owner = await strict.owner();
    const reset = "Choose a new password";
    const mails = () => strict.database.prisma.mail.findMany({ where: { to: owner.email, subject: reset } });
    for (const address of ["203.0.113.8", "203.0.113.9"]) expect(await askReset(owner.email, address)).toBe(200);
    await strict.idle();
    const [mail, ...more] = await mails();
    expect(more).toEqual([]);
    expect(await askReset(owner.email, "203.0.113.10")).toBe(200);
    expect(await askReset(owner.email, "203.0.113.11")).toBe(429);
    await strict.idle();
    const token = /token=(\S+)/.exec(mail?.text ?? "")?.[1];
    expect(await rest("/auth/reset", { token, password: "another long password" }, "203.0.113.8")).toBe(200);
  });

  test("confirmation links are mailed once a minute too, however often an owner asks", async () => {
    const owner = await strict.owner();
    const confirmations = () =>
      strict.database.prisma.mail.count({ where: { to: owner.email, subject: { startsWith: "Confirm" } } });
    const ask = async () => (await strict.call("POST", "/auth/verification", { token: owner.token })).status;
    expect([await ask(), await confirmations()]).toEqual([200, 1]);
    await strict.advance(61_000);
    expect([await ask(), await confirmations()]).toEqual([200, 2]);
    expect([await ask(), await ask(), await confirmations()]).toEqual([200, 429, 2]);
  });

  test("a request for a new password does not look at the accounts, so its time cannot tell of one", async () => {
    const owner = await strict.owner();
    const client = await strict.database.pool.connect();
    try {
      await client.query("begin; lock table owner in access exclusive mode");
      expect(await askReset(owner.email, "203.0.113.12")).toBe(200);
      expect(await askReset(newEmail(), "203.0.113.12")).toBe(200);
    } finally {
      await client.query("rollback");
      client.release();
    }
    await strict.idle();
    expect(await strict.database.prisma.mail.count({ where: { to: owner.email } })).toBe(2);
  });
});
