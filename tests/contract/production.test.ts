import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { readConfig } from "#server/config.ts";
import { openDatabase } from "#server/db/client.ts";
import { newId } from "#server/kernel/ids.ts";
import { startCity } from "#server/start-city.ts";
import { keepModesApart, refuseOtherMode } from "#server/start-mode.ts";
import { findTools } from "#server/tools.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { freePort } from "#tests/support/free-port.ts";
import { freshDatabase } from "#tests/support/fresh-database.ts";
import { quiet } from "#tests/support/quiet-log.ts";
import { FILE } from "#tests/support/work.ts";

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
  MAIL_FROM: "City <no-reply@city.example.com>",
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

test.each([
  [false, true, "local mode has used this database"],
  [true, false, "this is a production database"],
])("a database that was started in production (%s) is refused to the other mode", async (first, other, why) => {
  const { url, template } = inject("postgres");
  const fresh = await freshDatabase(url, template);
  const database = openDatabase(fresh.url, quiet);
  try {
    for (const _start of [1, 2]) {
      await refuseOtherMode(database, first);
      await keepModesApart(database, first);
    }
    for (const refuse of [refuseOtherMode, keepModesApart]) await expect(refuse(database, other)).rejects.toThrow(why);
  } finally {
    await database.close();
    await fresh.drop();
  }
});

test("a start in production on a database that local mode has used is refused, and leaves it as it is", async () => {
  const { url, template } = inject("postgres");
  const local = await freshDatabase(url, template);
  const clock = async () => {
    const database = openDatabase(local.url, quiet);
    const { rows } = await database.pool.query("select local_mode, production_mode from city_clock");
    await database.close();
    return rows;
  };
  try {
    const database = openDatabase(local.url, quiet);
    await keepModesApart(database, false);
    await database.close();
    const dataDir = mkdtempSync(join(tmpdir(), "city-test-"));
    const given = { PORT: String(await freePort()), DATABASE_URL: local.url, CITY_DATA_DIR: dataDir, CITY_WEB: "off" };
    await expect(startCity(readConfig({ ...PRODUCTION, ...given }), quiet)).rejects.toThrow("local mode has used");
    expect(await clock()).toEqual([{ local_mode: true, production_mode: false }]);
    rmSync(dataDir, { recursive: true });
  } finally {
    await local.drop();
  }
});

test("a second start on a city's database is refused before it has touched anything", async () => {
  const city = await startTestCity({ prism: false });
  try {
    // As the gate has one: in no table.
    const id = newId();
    await city.ctx().ports.sandbox.create({ id, source: { kind: "files", files: [FILE] } });
    const config = readConfig({
      PORT: String(await freePort()),
      STRIPE_STAND_IN_PORT: "0",
      DATABASE_URL: city.config.databaseUrl ?? "",
      CITY_DATA_DIR: city.config.dataDir,
      CITY_WEB: "off",
    });
    await expect(startCity(config, quiet)).rejects.toThrow("Another server works on this database");
    const sandbox = await city.ctx().ports.sandbox.open(id);
    expect((await sandbox?.readFile(FILE.path))?.content).toBe(FILE.content);
  } finally {
    await city.stop();
  }
});
