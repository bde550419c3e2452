import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "#server/config.ts";
import { startCity } from "#server/start-city.ts";
import { findTools } from "#server/tools.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { freePort } from "#tests/support/free-port.ts";
import { quiet } from "#tests/support/quiet-log.ts";

const PRODUCTION = {
  CITY_ENV: "production",
  HOST: "127.0.0.1",
  CITY_SECRET: "a secret of at least thirty-two characters",
  PUBLIC_URL: "https://city.example.com",
  STRIPE_SECRET_KEY: "sk_live_not_a_real_key",
  STRIPE_WEBHOOK_SECRET: "whsec_not_a_real_secret",
  INNGEST_EVENT_KEY: "not-a-real-event-key",
  INNGEST_SIGNING_KEY: "signkey-prod-0123456789abcdef0123456789abcdef",
  SMTP_URL: "smtp://127.0.0.1:1",
  TRUSTED_PROXIES: "none",
};

// Production refuses to start without a real sandbox.
describe.runIf(findTools().bwrap !== null)("a city in production", () => {
  let city: TestCity;
  beforeAll(async () => {
    city = await startTestCity({ prism: false, env: PRODUCTION });
  });
  afterAll(() => city?.stop());

  const ask = (method: string, path: string, body?: object) =>
    fetch(`${city.url}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });

  test("says that every part but the judge is the real one", async () => {
    const { parts } = (await (await ask("GET", "/ready")).json()) as { parts: Record<string, { standIn: boolean }> };
    const standIns = Object.keys(parts).filter((name) => parts[name]?.standIn);
    expect(standIns).toEqual(["judge"]);
  });

  test.each([
    ["the clock", "POST", "/local/clock", { advanceMs: 900_000 }],
    ["the outbox", "GET", "/local/outbox?to=someone@example.com", undefined],
    ["the demo repositories", "GET", "/git/storefront.git/info/refs?service=git-upload-pack", undefined],
  ])("%s of local mode is not there", async (_what, method, path, body) => {
    expect((await ask(method, path, body)).status).toBe(404);
  });

  test("Inngest's door takes no unsigned call", async () => {
    const run = { event: { name: "owner/closed", data: {} }, events: [], steps: {}, ctx: { run_id: "1", attempt: 0 } };
    expect((await ask("POST", "/api/inngest?fnId=city-forget-customer&stepId=step", run)).status).toBe(401);
  });

  test("and nobody unsigned has the city registered at Inngest anew, under an address of their choice", async () => {
    expect((await ask("PUT", "/api/inngest")).status).toBe(401);
  });

  test("new owners are granted nothing", async () => {
    const owner = await city.owner("New");
    expect(await owner.client.vault.getPool()).toMatchObject({ balance: 0, held: 0 });
  });
});

test("production starts on no database that local mode has used", async () => {
  const local = await startTestCity({ prism: false });
  try {
    const config = readConfig({
      ...PRODUCTION,
      PORT: String(await freePort()),
      DATABASE_URL: local.config.databaseUrl ?? "",
      CITY_DATA_DIR: local.config.dataDir,
    });
    await expect(startCity(config, quiet)).rejects.toThrow("local mode has used this database");
  } finally {
    await local.stop();
  }
});
