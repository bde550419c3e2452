import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nextAuthOptions } from "#server/auth/next-auth-options.ts";
import { openDashboardSession } from "#server/auth/open-session.ts";
import { startTestCity, type TestCity, type TestOwner } from "#tests/support/city.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

const mailTo = (owner: TestOwner, subject: string) =>
  city.database.prisma.mail.findFirstOrThrow({ where: { to: owner.email, subject }, orderBy: { createdAt: "desc" } });
const secretIn = (text: string) => /token=(\S+)/.exec(text)?.[1];
const statusOf = async (path: string, credential: { token?: string; key?: string }) =>
  (await city.call("GET", path, credential)).status;

test("a password chosen by a mailed link ends all that was opened before, and the mail names the agents whose keys go on", async () => {
  const owner = await city.owner();
  const { token } = await owner.client.tokens.create({ name: "From before" });
  const agent = await owner.agent({ displayName: "Night Shift" });
  const retired = await owner.agent({ displayName: "Day Shift" });
  await owner.client.agents.deactivate(retired.id);
  expect(await statusOf("/agents/mine", { token })).toBe(200);

  await city.call("POST", "/auth/reset-request", { body: { email: owner.email } });
  await city.idle();
  const link = await mailTo(owner, "Choose a new password");
  const body = { token: secretIn(link.text), password: "another long password" };
  expect((await city.call("POST", "/auth/reset", { body })).status).toBe(200);

  expect(await statusOf("/agents/mine", { token })).toBe(401);
  expect(await statusOf("/agents/mine", { token: owner.token })).toBe(401);
  expect(await statusOf("/agents/me", { key: agent.key })).toBe(200);
  const { text } = await mailTo(owner, "Your password is changed");
  expect(text).toContain("- Night Shift");
  expect(text).not.toContain("Day Shift");
});

test("signing out ends all of an owner's sessions, and neither its tokens nor anybody else's session", async () => {
  const [owner, other] = [await city.owner(), await city.owner()];
  const { token: lasting } = await owner.client.tokens.create({ name: "Lasting" });
  const body = { email: owner.email, password: owner.password };
  const { body: elsewhere } = await city.call("POST", "/auth/sign-in", { body });
  expect(await statusOf("/agents/mine", { token: owner.token })).toBe(200);

  expect((await city.call("POST", "/auth/sign-out", { token: String(elsewhere.token) })).status).toBe(200);

  expect(await statusOf("/agents/mine", { token: String(elsewhere.token) })).toBe(401);
  expect(await statusOf("/agents/mine", { token: owner.token })).toBe(401);
  expect(await statusOf("/agents/mine", { token: lasting })).toBe(200);
  expect(await statusOf("/agents/mine", { token: other.token })).toBe(200);
});

test("signing out of the dashboard ends all of an owner's sessions, and a cookie that has ended ends none any more", async () => {
  const owner = await city.owner();
  const signOut = (sid: string) => nextAuthOptions(city).events?.signOut?.({ token: { sid } } as never);
  const stale = await openDashboardSession(city.ctx(), owner.id);
  await signOut(stale.id);
  expect(await statusOf("/agents/mine", { token: owner.token })).toBe(401);

  const body = { email: owner.email, password: owner.password };
  const { token } = (await city.call("POST", "/auth/sign-in", { body })).body as { token: string };
  await signOut(stale.id);
  expect(await statusOf("/agents/mine", { token })).toBe(200);
});

test("the operator's role goes to a confirmed address only", async () => {
  const owner = await city.owner();
  const grant = () => {
    const env = { ...process.env, DATABASE_URL: city.config.databaseUrl ?? "", CITY_DATA_DIR: city.config.dataDir };
    const { status, stdout } = spawnSync(process.execPath, ["server/operators/grant.ts", owner.email], {
      env,
      encoding: "utf8",
    });
    return { status, said: stdout.trim() };
  };
  expect(grant()).toEqual({ status: 1, said: expect.stringContaining("has not been confirmed") });
  const { text } = await mailTo(owner, "Confirm your e-mail address");
  expect((await city.call("POST", "/auth/verify", { body: { token: secretIn(text) } })).status).toBe(200);
  expect(grant()).toEqual({ status: 0, said: `${owner.email} is now operator.` });
}, 30_000);
