import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ConfigError, readConfig } from "#server/config.ts";

const dataDir = mkdtempSync(join(tmpdir(), "city-config-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const PRODUCTION = {
  CITY_ENV: "production",
  CITY_DATA_DIR: dataDir,
  CITY_SECRET: "a secret of at least thirty-two characters",
  PUBLIC_URL: "https://city.example.com",
  DATABASE_URL: "postgresql://city@db.example.com/city",
  STRIPE_SECRET_KEY: "sk_live_1",
  STRIPE_WEBHOOK_SECRET: "whsec_1",
  INNGEST_EVENT_KEY: "event-key",
  INNGEST_SIGNING_KEY: "signkey-prod-1",
  SMTP_URL: "smtps://mail.example.com",
  MAIL_FROM: "City <no-reply@city.example.com>",
  TRUSTED_PROXIES: "loopback",
};

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test("without any variable the city runs on stand-ins, on this machine alone, with a demo account and a clock to move", () => {
  const config = readConfig({ CITY_DATA_DIR: dataDir });
  expect(config).toMatchObject({
    production: false,
    host: "127.0.0.1",
    databaseUrl: null,
    stripe: { kind: "stand-in" },
    inngest: { kind: "embedded" },
    smtp: null,
    judge: null,
    seed: "all",
    testClock: true,
  });
  expect(statSync(join(dataDir, "city-secret")).mode & 0o777).toBe(0o600);
  expect(readConfig({ CITY_DATA_DIR: dataDir }).masterKey).toBe(config.masterKey);
});

test("the demo repository is named by the address that this city fetches from, whatever the public one is", () => {
  const env = { CITY_DATA_DIR: dataDir, PORT: "4000", PUBLIC_URL: "https://demo.example.com" };
  expect(readConfig(env).demoRepo).toBe("http://localhost:4000/git/storefront.git");
  for (const none of [{ ...env, CITY_SEED: "off" }, PRODUCTION]) expect(readConfig(none).demoRepo).toBeNull();
});

test("production with every real part is accepted, without demo account, test clock and starter credits", () => {
  const config = readConfig(PRODUCTION);
  expect(config).toMatchObject({ production: true, seed: "off", testClock: false });
  expect(config.settings.money.starterCredits).toBe(0);
});

const required = Object.keys(PRODUCTION).filter((name) => name !== "CITY_ENV" && name !== "CITY_DATA_DIR");
test.each(required)("production without %s is refused, naming it and nothing else", (name) => {
  const { [name]: _left, ...env } = PRODUCTION as Record<string, string>;
  const problems = problemsOf(env);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`${name} is not set`);
});

test.each([
  ["CITY_TEST_CLOCK", "1"],
  ["CITY_SEED", "all"],
  ["CITY_SEED", "repos"],
  ["CITY_SANDBOX", "virtual"],
  ["INNGEST_DEV", "1"],
  ["CITY_SECRET", "too short"],
  ["PUBLIC_URL", "http://city.example.com"],
])("production with %s=%s is refused, naming it", (name, value) => {
  const problems = problemsOf({ ...PRODUCTION, [name]: value });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(name);
});

test.each([
  ["a most that the API refuses", { maximumTopUp: 2_000_000 }, "money.maximumTopUp"],
  ["a least that the API refuses", { minimumWithdrawal: 1 }, "money.minimumWithdrawal"],
  ["a least above the most", { minimumTopUp: 2_000, maximumTopUp: 1_000 }, "money.maximumTopUp"],
])("a setting narrows what an amount may be: %s is refused, naming it", (_what, money, name) => {
  const problems = problemsOf({ CITY_DATA_DIR: dataDir, CITY_SETTINGS: JSON.stringify({ money }) });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(name);
});

test("a lifetime that ends before the work in it may end is refused", () => {
  const short = { execution: { minutes: 90 } };
  expect(problemsOf({ CITY_DATA_DIR: dataDir, CITY_SETTINGS: JSON.stringify(short) })).toEqual([
    expect.stringContaining("execution.sandboxMinutes"),
  ]);
});

test.each([
  ["INNGEST_EVENT_KEY", "INNGEST_SIGNING_KEY"],
  ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"],
  ["JUDGE_URL", "JUDGE_MODEL"],
  ["JUDGE_MODEL", "JUDGE_URL"],
])("%s without %s is refused anywhere: half a part is none", (given, missing) => {
  const problems = problemsOf({ CITY_DATA_DIR: dataDir, [given]: "https://example.com" });
  expect(problems).toEqual([expect.stringContaining(`${missing} is not set`)]);
});

test("an empty variable is one that is not set, whatever it may hold", () => {
  const names = [
    "PORT",
    "CITY_SEED",
    "CITY_SANDBOX",
    "LOG_LEVEL",
    "STRIPE_STAND_IN_PORT",
    "PUBLIC_URL",
    "CITY_TEST_CLOCK",
  ];
  const empty = Object.fromEntries(names.map((name) => [name, ""]));
  expect(readConfig({ CITY_DATA_DIR: dataDir, ...empty })).toEqual(readConfig({ CITY_DATA_DIR: dataDir }));
});

test("webhook secrets are a list by commas, spaces or both", () => {
  const { stripe } = readConfig({ ...PRODUCTION, STRIPE_WEBHOOK_SECRET: "whsec_1, whsec_2" });
  expect(stripe).toMatchObject({ webhookSecrets: ["whsec_1", "whsec_2"] });
});

test("proxies are addresses, networks or known names; anything else is refused", () => {
  const read = (list: string) => readConfig({ CITY_DATA_DIR: dataDir, TRUSTED_PROXIES: list }).trustedProxies;
  expect(read("loopback, 10.0.0.0/8 fd00::/8")).toEqual(["loopback", "10.0.0.0/8", "fd00::/8"]);
  expect(read("")).toEqual([]);
  expect(read("none")).toEqual([]);
  expect(readConfig({ ...PRODUCTION, TRUSTED_PROXIES: "none" }).trustedProxies).toEqual([]);
  expect(problemsOf({ CITY_DATA_DIR: dataDir, TRUSTED_PROXIES: "my-proxy" })).toEqual([
    expect.stringContaining("TRUSTED_PROXIES"),
  ]);
});
