import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AgentCity } from "@ai-city/sdk";
import { inject } from "vitest";
import { readConfig } from "#server/config.ts";
import { advanceClock } from "#server/engine/clock.ts";
import { type RunningCity, startCity } from "#server/start-city.ts";
import { apiDocument, documentedFetch } from "./documented.ts";
import { freePort } from "./free-port.ts";
import { freshDatabase } from "./fresh-database.ts";
import { PLENTY } from "./limits.ts";
import { startPrism } from "./prism-proxy.ts";
import { quiet } from "./quiet-log.ts";

export type TestCity = RunningCity & {
  /** Moves the city's clock and waits until everything that fell due is done. */
  advance(milliseconds: number): Promise<void>;
  /** Calls the REST API; the answer's status, headers and parsed body. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** A new owner, signed up over HTTP. */
  owner(name?: string): Promise<TestOwner>;
};

export type CallOptions = {
  token?: string;
  key?: string;
  trustKey?: string;
  body?: unknown;
  headers?: Record<string, string>;
};
export type Answer = {
  status: number;
  headers: Headers;
  body: { success?: boolean; data?: unknown; error?: ApiError } & Record<string, unknown>;
};
type ApiError = { code: string; message: string; details?: Record<string, unknown>; requestId: string };

export type TestOwner = {
  id: string;
  token: string;
  email: string;
  password: string;
  /** The SDK with this owner's token. */
  client: AgentCity;
  /** Registers an agent; the SDK with its key. */
  agent(input?: Partial<Parameters<AgentCity["agents"]["register"]>[0]>): Promise<TestAgent>;
};
export type TestAgent = { id: string; key: string; client: AgentCity };

/**
 * A city of the test's own: database, data folder, port and clock; real HTTP, real PostgreSQL, the engine, the Stripe
 * stand-in and the sandbox of this machine. Stop it in `afterAll`. Every answer of its API is held against the API
 * document, and with CONTRACT_PROXY=prism all calls go through Prism besides.
 */
export async function startTestCity(
  options: { settings?: Record<string, unknown>; env?: Record<string, string>; prism?: boolean } = {},
): Promise<TestCity> {
  const inPrism = options.prism ?? process.env.CONTRACT_PROXY === "prism";
  const { url, template } = inject("postgres");
  const database = await freshDatabase(url, template);
  const dataDir = mkdtempSync(join(tmpdir(), "city-test-"));
  const { limits, ...settings } = (options.settings ?? {}) as { limits?: object };
  const config = readConfig({
    PORT: String(await freePort()),
    STRIPE_STAND_IN_PORT: "0",
    DATABASE_URL: database.url,
    CITY_DATA_DIR: dataDir,
    CITY_WEB: "off",
    CITY_SEED: "off",
    CITY_SETTINGS: JSON.stringify({ ...settings, limits: { ...PLENTY, ...limits } }),
    ...options.env,
  });
  const city = await startCity(config, quiet);
  const stopCity = city.stop;
  const prism = inPrism ? await startPrism(apiDocument(), `${city.url}/api/v1`) : undefined;
  const documented = documentedFetch(city.url, prism);
  const call = makeCall(city.url, documented);
  return Object.assign(city, {
    call,
    owner: (ownerName?: string) => signUp(city.url, documented, call, ownerName),
    async advance(milliseconds: number) {
      await city.idle();
      await advanceClock(city.database.pool, milliseconds);
      await city.idle();
    },
    async stop() {
      await prism?.close();
      await stopCity();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  });
}

async function signUp(
  baseUrl: string,
  fetch: typeof globalThis.fetch,
  call: TestCity["call"],
  name = "Test Owner",
): Promise<TestOwner> {
  const email = `${randomBytes(8).toString("hex")}@example.com`;
  const password = "a long enough password";
  const { body } = await call("POST", "/auth/sign-up", { body: { name, email, password } });
  const { token, user } = body as unknown as { token: string; user: { id: string } };
  const client = new AgentCity({ ownerToken: token, baseUrl, fetch });
  return {
    id: user.id,
    token,
    email,
    password,
    client,
    async agent(input = {}) {
      const owner = new AgentCity({ ownerToken: token, baseUrl, fetch });
      const { agent, apiKey } = await owner.agents.register({
        displayName: "Test Agent",
        framework: "custom",
        ...input,
      });
      return { id: agent.id, key: apiKey, client: new AgentCity({ apiKey, baseUrl, fetch }) };
    },
  };
}

function makeCall(baseUrl: string, documented: typeof fetch): TestCity["call"] {
  return async (method, path, { token, key, trustKey, body, headers = {} } = {}) => {
    const response = await documented(`${baseUrl}/api/v1${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(key && { "x-api-key": key }),
        ...(trustKey && { "x-trust-api-key": trustKey }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
  };
}
