/** Limits on tries to get in, and on links by mail. Every test has callers' addresses and accounts of its own. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { dashboardCookie } from "#tests/support/dashboard.ts";
import { newAddress } from "#tests/support/new-address.ts";

const PER_ACCOUNT = 3;
const PER_ADDRESS = 8;

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity({
    settings: { limits: { signInPerAccount: PER_ACCOUNT, signInPerAddress: PER_ADDRESS } },
    env: { TRUSTED_PROXIES: "loopback" },
    prism: false,
  });
});
afterAll(() => city?.stop());

const from = (address: string) => ({ "x-forwarded-for": address });
const newEmail = () => `${crypto.randomUUID()}@example.com`;
const rest = async (path: string, body: object, address: string) =>
  (await city.call("POST", path, { body, headers: from(address) })).status;
const signIn = (email: string, address: string) => rest("/auth/sign-in", { email, password: "a wrong one" }, address);
const askReset = (email: string, address: string) => rest("/auth/reset-request", { email }, address);

/** Sign-ins of the dashboard in one request; the status of each. */
async function batch(path: string, emails: string[], headers: Record<string, string>): Promise<number[]> {
  const calls = emails.map((email, i) => [i, { email, password: "a wrong one" }]);
  const response = await fetch(`${city.url}/api/trpc/${emails.map(() => path).join(",")}?batch=1`, {
    method: "POST",
    headers: { "content-type": "application/json", "sec-fetch-site": "same-origin", ...headers },
    body: JSON.stringify(Object.fromEntries(calls)),
  });
  const answers = (await response.json()) as { error: { data: { httpStatus: number } } }[];
  return [answers].flat().map(({ error }) => error.data.httpStatus);
}
const signedIn = async (address: string) => ({
  ...(await dashboardCookie(city, await city.owner())),
  ...from(address),
});

test("tries to guess a password are limited by account, whether or not it exists", async () => {
  const { email } = await city.owner();
  const tries = async (account: string, count: number) => {
    const [statuses, caller] = [[] as number[], newAddress()];
    for (let i = 0; i < count; i += 1) statuses.push(await signIn(account, caller));
    return statuses;
  };
  expect(await tries(newEmail(), PER_ACCOUNT + 1)).toEqual([...Array(PER_ACCOUNT).fill(401), 429]);
  // Signing up was a try as well.
  expect(await tries(email, PER_ACCOUNT)).toEqual([...Array(PER_ACCOUNT - 1).fill(401), 429]);
});

test("a batch of the dashboard's sign-ins is as many tries, also of somebody who is signed in", async () => {
  const email = newEmail();
  const statuses = await batch("auth.signIn", Array(6).fill(email), await signedIn(newAddress()));
  expect(statuses.filter((status) => status === 401)).toHaveLength(PER_ACCOUNT);
  expect(statuses.filter((status) => status === 429)).toHaveLength(6 - PER_ACCOUNT);
});

test("another spelling of the path does not hide a try", async () => {
  const [email, caller] = [newEmail(), from(newAddress())];
  for (let i = 0; i < PER_ACCOUNT; i += 1) await batch("%61uth.signIn", [email], caller);
  expect(await batch("auth.signI%6e", [email], caller)).toEqual([429]);
});

test("API and dashboard count together: by account from wherever, by address for whichever account", async () => {
  const [email, first, busy] = [newEmail(), newAddress(), newAddress()];
  expect(await signIn(email, first)).toBe(401);
  expect(await signIn(email, newAddress())).toBe(401);
  expect(await batch("auth.signIn", [email, email], from(newAddress()))).toEqual(expect.arrayContaining([401, 429]));
  expect(await signIn(newEmail(), first)).toBe(401);
  const many = await batch("auth.signIn", Array.from({ length: PER_ADDRESS + 1 }, newEmail), from(busy));
  expect(many.filter((status) => status === 429)).toHaveLength(1);
  expect(await signIn(newEmail(), busy)).toBe(429);
});

test("a batch of more calls than the dashboard sends is refused whole", async () => {
  expect(await batch("auth.signIn", Array.from({ length: 11 }, newEmail), from(newAddress()))).toEqual([400]);
});

test("links are mailed to one address once a minute, and the one on its way goes on working", async () => {
  const owner = await city.owner();
  const reset = "Choose a new password";
  const mails = () => city.database.prisma.mail.findMany({ where: { to: owner.email, subject: reset } });
  for (let i = 0; i < 2; i += 1) expect(await askReset(owner.email, newAddress())).toBe(200);
  await city.idle();
  const [mail, ...more] = await mails();
  expect(more).toEqual([]);
  expect(await askReset(owner.email, newAddress())).toBe(200);
  expect(await askReset(owner.email, newAddress())).toBe(429);
  await city.idle();
  const token = /token=(\S+)/.exec(mail?.text ?? "")?.[1];
  expect(await rest("/auth/reset", { token, password: "another long password" }, newAddress())).toBe(200);
});

test("confirmation links are mailed once a minute too, however often an owner asks", async () => {
  const owner = await city.owner();
  const confirmations = () =>
    city.database.prisma.mail.count({ where: { to: owner.email, subject: { startsWith: "Confirm" } } });
  const ask = async () => (await city.call("POST", "/auth/verification", { token: owner.token })).status;
  expect([await ask(), await confirmations()]).toEqual([200, 1]);
  await city.advance(61_000);
  expect([await ask(), await confirmations()]).toEqual([200, 2]);
  expect([await ask(), await ask(), await confirmations()]).toEqual([200, 429, 2]);
});

test("a request for a new password does not look at the accounts, so its time cannot tell of one", async () => {
  const owner = await city.owner();
  const client = await city.database.pool.connect();
  try {
    await client.query("begin; lock table owner in access exclusive mode");
    expect(await askReset(owner.email, newAddress())).toBe(200);
    expect(await askReset(newEmail(), newAddress())).toBe(200);
  } finally {
    await client.query("rollback");
    client.release();
  }
  await city.idle();
  expect(await city.database.prisma.mail.count({ where: { to: owner.email } })).toBe(2);
});
