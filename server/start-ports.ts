import { createHash, createHmac } from "node:crypto";
import { type City, type Part, real, standIn } from "./city.ts";
import type { Config } from "./config.ts";
import type { Ports } from "./context.ts";
import type { Database } from "./db/client.ts";
import type { Log } from "./kernel/log.ts";
import { StartProblem } from "./kernel/start-problem.ts";
import { openAiJudge } from "./ports/judge/openai-compatible.ts";
import { noJudge } from "./ports/judge.ts";
import { outboxMail, smtpMail } from "./ports/mail/smtp.ts";
import { startStripeStandIn } from "./ports/payments/stand-in/start.ts";
import { createStripePayments } from "./ports/payments/stripe-payments.ts";
import type { PaymentsPort } from "./ports/payments.ts";
import { repoBroker } from "./ports/repo-fetch/broker.ts";
import { startSandbox } from "./ports/sandbox/start.ts";
import { guardedWebhookSender } from "./ports/webhook-sender/guarded-sender.ts";
import { commandFor, findTools } from "./tools.ts";

export type Cleanup = { what: string; run(): Promise<unknown> };

type Options = {
  config: Config;
  log: Log;
  databaseUrl: string;
  database: Database;
  /** Where the city itself will answer on this machine. */
  cityUrl: string;
  /** What has to be stopped again is added here. */
  cleanups: Cleanup[];
};

type OutsideParts = Pick<City["parts"], "sandbox" | "payments" | "judge" | "mail">;
type Opened<Port> = { port: Port; part: Part };

/** Opens the ways to the outside world, each the real part or its stand-in as config.ts chose, and says which it is. */
export async function startPorts(options: Options): Promise<{ ports: Ports; parts: OutsideParts }> {
  const { config, log } = options;
  const repos = repoBroker({
    allowedHosts: config.settings.repos.allowedHosts,
    localRemotes: config.production
      ? []
      : ["127.0.0.1", "localhost"].map((host) => `http://${host}:${config.port}/git/`),
  });
  const sandbox = await openSandbox(config, repos);
  const payments = await openPayments(options);
  return {
    ports: {
      repos,
      sandbox: sandbox.port,
      payments: payments.port,
      mail: config.smtp ? smtpMail(config.smtp) : outboxMail,
      judge: config.judge ? openAiJudge(config.judge, log) : noJudge,
      webhooks: guardedWebhookSender({ local: !config.production, ...config.settings.webhooks }),
    },
    parts: {
      sandbox: sandbox.part,
      payments: payments.part,
      mail: config.smtp ? real("SMTP") : standIn("local outbox"),
      judge: config.judge ? real(config.judge.model) : standIn("none", "the deterministic score stands alone"),
    },
  };
}

/**
 * The most frequent reason for which a sandbox does not open, looked for before the database is touched.
 * @throws StartProblem
 */
export function refuseWithoutSeal(
  { production, sandbox }: Pick<Config, "production" | "sandbox">,
  tools = findTools(),
) {
  const missing = (["bwrap", "git"] as const).filter((tool) => tools[tool] === null);
  if (!production || sandbox === "e2b" || missing.length === 0) return;
  throw new StartProblem(
    `Production runs sellers' commands in sandboxes of bubblewrap, and ${missing.join(" and ")} cannot be found: ${commandFor(missing)}. Or set E2B_API_KEY; the virtual shell is for local mode only.`,
  );
}

async function openSandbox(config: Config, repos: Ports["repos"]): Promise<Opened<Ports["sandbox"]>> {
  const { provider, reason } = await startSandbox({
    dataDir: config.dataDir,
    repos,
    maxSandboxes: config.settings.execution.maxSandboxes,
    ...(config.sandbox && { only: config.sandbox }),
    ...(config.e2b && {
      e2b: {
        account: config.e2b,
        city: sharedMark(config.masterKey),
        lifetimeMs: config.settings.execution.sandboxMinutes * 60_000,
      },
    }),
  });
  if (provider.name !== "virtual") {
    return { port: provider, part: real(provider.name, provider.can.gaps.join(" ") || undefined) };
  }
  if (config.production) {
    throw new StartProblem(
      `Production needs bubblewrap: ${reason}\nMend that, or set E2B_API_KEY; the virtual shell is for local mode only.`,
    );
  }
  return { port: provider, part: standIn("virtual shell", reason ?? undefined) };
}

/** Tells a city's sandboxes from others of the same account: equal on all its servers, which share the key. */
const sharedMark = (masterKey: string) =>
  createHmac("sha256", masterKey).update("e2b sandboxes").digest("hex").slice(0, 32);

/** Stripe itself, or a stand-in whose secrets are made from ours so that they survive a restart. */
async function openPayments(options: Options): Promise<Opened<PaymentsPort>> {
  const { config, log, database, cityUrl, cleanups } = options;
  if (config.stripe.kind === "stripe") {
    const { secretKey, webhookSecrets } = config.stripe;
    return { port: createStripePayments({ secretKey, webhookSecrets }), part: real("Stripe") };
  }
  const derived = (purpose: string) => createHash("sha256").update(`${config.masterKey}:${purpose}`).digest("hex");
  const secretKey = `sk_test_${derived("stripe key")}`;
  const webhookSecret = `whsec_${derived("stripe webhooks")}`;
  const standInOptions = {
    production: config.production,
    database: { url: options.databaseUrl },
    webhookUrl: `${cityUrl}/api/webhooks/stripe`,
    webhookSecret,
    secretKey,
    log,
    now: async () => {
      const { rows } = await database.pool.query<{ now: Date }>("select city_now() as now");
      return rows[0]?.now.getTime() ?? Date.now();
    },
  };
  const { port: wanted } = config.stripe;
  // A port that is taken is not worth refusing to start for: the pages are reached by links only.
  const running = await startStripeStandIn({ ...standInOptions, port: wanted }).catch(() =>
    startStripeStandIn({ ...standInOptions, port: 0 }),
  );
  cleanups.push({ what: "the Stripe stand-in", run: () => running.stop() });
  const port = createStripePayments({ secretKey, webhookSecrets: [webhookSecret], apiUrl: running.url });
  return { port, part: standIn("Stripe stand-in", running.url) };
}
