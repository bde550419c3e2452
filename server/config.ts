import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import proxyAddress from "proxy-addr";
import { z } from "zod";
import { StartProblem } from "./kernel/start-problem.ts";
import { writeWhole } from "./kernel/write-whole.ts";
import { type Settings, settingsSchema } from "./settings.ts";

const text = z.string().trim().optional();
const flag = text.transform((value) => (value === undefined ? undefined : value !== "0" && value !== "false"));

const environment = z.object({
  CITY_ENV: z.enum(["local", "production"]).default("local"),
  CITY_DATA_DIR: text,
  CITY_SECRET: text,
  CITY_SETTINGS: text,
  CITY_SANDBOX: z.enum(["bubblewrap", "virtual", "e2b"]).optional(),
  CITY_SEED: z.enum(["all", "repos", "off"]).optional(),
  CITY_TEST_CLOCK: flag,
  CITY_DEV: flag,
  CITY_WEB: text,
  HOST: text,
  PORT: z.coerce.number<number>().int().min(1).max(65_535).default(3000),
  PUBLIC_URL: text,
  TRUSTED_PROXIES: text,
  DATABASE_URL: text,
  STRIPE_SECRET_KEY: text,
  STRIPE_WEBHOOK_SECRET: text,
  STRIPE_STAND_IN_PORT: z.coerce.number<number>().int().min(0).max(65_535).optional(),
  INNGEST_EVENT_KEY: text,
  INNGEST_SIGNING_KEY: text,
  INNGEST_DEV: text,
  E2B_API_KEY: text,
  E2B_TEMPLATE: text,
  E2B_DOMAIN: text,
  E2B_API_URL: text,
  E2B_SANDBOX_URL: text,
  SMTP_URL: text,
  MAIL_FROM: text,
  JUDGE_URL: text,
  JUDGE_API_KEY: text,
  JUDGE_MODEL: text,
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

export type Config = {
  production: boolean;
  /** Rebuild pages on change instead of serving the production build. */
  dev: boolean;
  /** Whether Next answers for pages; tests of the API go without. */
  web: boolean;
  host: string;
  port: number;
  /** Where browsers and mails find the city, without a slash at the end. */
  publicUrl: string;
  /** Proxies whose X-Forwarded-For is trusted: addresses, networks, or names such as `loopback`; empty: none. */
  trustedProxies: string[];
  dataDir: string;
  /** Seals what must be read again and signs dashboard sessions. */
  masterKey: string;
  /** Null: the embedded PostgreSQL. */
  databaseUrl: string | null;
  stripe: { kind: "stripe"; secretKey: string; webhookSecrets: string[] } | { kind: "stand-in"; port: number };
  inngest: { kind: "embedded" } | { kind: "inngest"; eventKey?: string; signingKey?: string; devUrl?: string };
  /** Null: the best this machine has. */
  sandbox: "bubblewrap" | "virtual" | "e2b" | null;
  /** The account at E2B, and where E2B is for those who run their own. */
  e2b: { apiKey: string; template: string; domain?: string; apiUrl?: string; sandboxUrl?: string } | null;
  judge: { url: string; apiKey: string; model: string } | null;
  /** Null: mails stay in the local outbox. */
  smtp: { url: string; from: string } | null;
  /** What local mode brings along: demo repositories alone, or also the demo owner and the seed agents. */
  seed: "all" | "repos" | "off";
  /** The demo repository as the city itself fetches it: not by the public address. Null where there is none. */
  demoRepo: string | null;
  /** Whether the clock may be moved; never in production, and not by itself where timers are Inngest's. */
  testClock: boolean;
  logLevel: "debug" | "info" | "warn" | "error" | "silent";
  settings: Settings;
};

/**
 * Reads the city's own variables, once, at start. Nothing else does.
 * In local mode every outside part has a stand-in; in production a missing real part is refused, by its variable's name.
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  // An empty variable counts as one that is not set, as in most shells' `VAR= command`.
  const parsed = environment.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim())));
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`));
  const vars = parsed.data;
  const production = vars.CITY_ENV === "production";
  if (production) refuseStandIns(vars);
  const inngest = inngestFrom(vars);
  const seed = vars.CITY_SEED ?? (production ? "off" : "all");

  const dataDir = resolve(vars.CITY_DATA_DIR ?? ".data");
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  return {
    production,
    dev: vars.CITY_DEV ?? false,
    web: vars.CITY_WEB !== "off",
    host: vars.HOST ?? (production ? "0.0.0.0" : "127.0.0.1"),
    port: vars.PORT,
    publicUrl: (vars.PUBLIC_URL ?? `http://localhost:${vars.PORT}`).replace(/\/+$/, ""),
    trustedProxies: proxiesFrom(vars.TRUSTED_PROXIES),
    dataDir,
    masterKey: vars.CITY_SECRET ?? keptSecret(dataDir),
    databaseUrl: vars.DATABASE_URL ?? null,
    stripe: stripeFrom(vars),
    inngest,
    sandbox: vars.CITY_SANDBOX ?? (vars.E2B_API_KEY ? "e2b" : null),
    e2b: e2bFrom(vars),
    judge: judgeFrom(vars),
    smtp: vars.SMTP_URL ? { url: vars.SMTP_URL, from: vars.MAIL_FROM ?? "AI City <no-reply@aicity.dev>" } : null,
    seed,
    demoRepo: seed === "off" ? null : `http://localhost:${vars.PORT}/git/storefront.git`,
    testClock: !production && (vars.CITY_TEST_CLOCK ?? inngest.kind === "embedded"),
    logLevel: vars.LOG_LEVEL,
    settings: readSettings(vars.CITY_SETTINGS, production),
  };
}

/** What is wrong with the environment, a line each. */
export class ConfigError extends StartProblem {
  override name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((line) => `  - ${line}`).join("\n")}`);
    this.problems = problems;
  }
}

function refuseStandIns(vars: z.infer<typeof environment>): void {
  const needed: [string, unknown, string][] = [
    ["DATABASE_URL", vars.DATABASE_URL, "the embedded PostgreSQL is for local mode only"],
    ["CITY_SECRET", vars.CITY_SECRET, "a kept secret of at least 32 characters is required"],
    ["PUBLIC_URL", vars.PUBLIC_URL, "links and sign-in need the public https address"],
    ["STRIPE_SECRET_KEY", vars.STRIPE_SECRET_KEY, "the Stripe stand-in moves no real money"],
    ["SMTP_URL", vars.SMTP_URL, "mails would stay in the local outbox"],
    ["MAIL_FROM", vars.MAIL_FROM, "mails need a sender that your mail server may write as"],
    ["STRIPE_WEBHOOK_SECRET", vars.STRIPE_WEBHOOK_SECRET, "Stripe's events must be verified"],
    [
      "TRUSTED_PROXIES",
      vars.TRUSTED_PROXIES,
      "without the proxy in front, all visitors are one address and share its limits (`none` if there is no proxy)",
    ],
    ["INNGEST_EVENT_KEY", vars.INNGEST_EVENT_KEY, "the embedded engine is for local mode only"],
    ["INNGEST_SIGNING_KEY", vars.INNGEST_SIGNING_KEY, "Inngest's calls must be verified"],
  ];
  const problems = needed.filter(([, value]) => !value).map(([name, , why]) => `${name} is not set: ${why}.`);
  if (vars.INNGEST_DEV) problems.push("INNGEST_DEV is set: the dev server's calls are not verified.");
  if (vars.CITY_TEST_CLOCK) problems.push("CITY_TEST_CLOCK is set: time cannot be moved in production.");
  if (vars.CITY_SEED && vars.CITY_SEED !== "off") {
    problems.push(`CITY_SEED=${vars.CITY_SEED}: the demo account and repositories are for local mode only.`);
  }
  if (vars.PUBLIC_URL && !vars.PUBLIC_URL.startsWith("https://"))
    problems.push("PUBLIC_URL does not begin with https://.");
  if (vars.CITY_SECRET && vars.CITY_SECRET.length < 32) problems.push("CITY_SECRET is shorter than 32 characters.");
  if (vars.CITY_SANDBOX === "virtual") problems.push("CITY_SANDBOX=virtual is for local mode only.");
  if (problems.length > 0) throw new ConfigError(problems);
}

/** The members of a variable that is a list: by commas, white space, or both. */
function listFrom(text: string): string[] {
  return text.split(/[\s,]+/).filter((member) => member !== "");
}

function proxiesFrom(list = "none"): string[] {
  if (list === "none") return [];
  const proxies = listFrom(list);
  try {
    proxyAddress.compile(proxies);
  } catch (error) {
    throw new ConfigError([`TRUSTED_PROXIES: ${(error as Error).message}.`]);
  }
  return proxies;
}

function stripeFrom(vars: z.infer<typeof environment>): Config["stripe"] {
  if (!vars.STRIPE_SECRET_KEY) return { kind: "stand-in", port: vars.STRIPE_STAND_IN_PORT ?? vars.PORT + 1 };
  const webhookSecrets = listFrom(vars.STRIPE_WEBHOOK_SECRET ?? "");
  if (webhookSecrets.length === 0) {
    throw new ConfigError(["STRIPE_WEBHOOK_SECRET is not set: Stripe's events are verified by it."]);
  }
  return { kind: "stripe", secretKey: vars.STRIPE_SECRET_KEY, webhookSecrets };
}

function judgeFrom({ JUDGE_URL, JUDGE_API_KEY, JUDGE_MODEL }: z.infer<typeof environment>): Config["judge"] {
  if (!JUDGE_URL && !JUDGE_MODEL) return null;
  if (!JUDGE_URL) throw new ConfigError(["JUDGE_URL is not set: JUDGE_MODEL needs it."]);
  if (!JUDGE_MODEL) throw new ConfigError(["JUDGE_MODEL is not set: JUDGE_URL needs it."]);
  return { url: JUDGE_URL, apiKey: JUDGE_API_KEY ?? "", model: JUDGE_MODEL };
}

function inngestFrom(vars: z.infer<typeof environment>): Config["inngest"] {
  if (!vars.INNGEST_EVENT_KEY && !vars.INNGEST_DEV) return { kind: "embedded" };
  if (!vars.INNGEST_SIGNING_KEY && !vars.INNGEST_DEV) {
    throw new ConfigError(["INNGEST_SIGNING_KEY is not set: Inngest's calls are verified by it."]);
  }
  return {
    kind: "inngest",
    ...(vars.INNGEST_EVENT_KEY && { eventKey: vars.INNGEST_EVENT_KEY }),
    ...(vars.INNGEST_SIGNING_KEY && { signingKey: vars.INNGEST_SIGNING_KEY }),
    ...(vars.INNGEST_DEV && { devUrl: vars.INNGEST_DEV === "1" ? "http://localhost:8288" : vars.INNGEST_DEV }),
  };
}

function e2bFrom(vars: z.infer<typeof environment>): Config["e2b"] {
  if (!vars.E2B_API_KEY) {
    if (vars.CITY_SANDBOX === "e2b") throw new ConfigError(["E2B_API_KEY is not set: CITY_SANDBOX=e2b needs it."]);
    return null;
  }
  return {
    apiKey: vars.E2B_API_KEY,
    template: vars.E2B_TEMPLATE ?? "base",
    ...(vars.E2B_DOMAIN && { domain: vars.E2B_DOMAIN }),
    ...(vars.E2B_API_URL && { apiUrl: vars.E2B_API_URL }),
    ...(vars.E2B_SANDBOX_URL && { sandboxUrl: vars.E2B_SANDBOX_URL }),
  };
}

function readSettings(json: string | undefined, production: boolean): Settings {
  let given: unknown = {};
  try {
    given = JSON.parse(json ?? "{}");
  } catch {
    throw new ConfigError(["CITY_SETTINGS is not valid JSON."]);
  }
  const result = settingsSchema({ production }).safeParse(given);
  if (!result.success)
    throw new ConfigError(result.error.issues.map((i) => `CITY_SETTINGS: ${i.path.join(".")}: ${i.message}`));
  return result.data;
}

/** In local mode the secret is made once and kept beside the data it opens. */
function keptSecret(dataDir: string): string {
  const file = join(dataDir, "city-secret");
  if (!existsSync(file)) writeWhole(file, randomBytes(32).toString("base64url"), 0o600);
  chmodSync(file, 0o600);
  return readFileSync(file, "utf8").trim();
}
