import { createHash, createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import { makeInngest } from "#inngest/client.ts";
import { cityFunctions } from "#inngest/functions/index.ts";
import { DEMO } from "../prisma/seed.ts";
import { actorFromCookie, nextAuthOptions } from "./auth/next-auth-options.ts";
import type { City, Part } from "./city.ts";
import type { Config } from "./config.ts";
import type { Ports } from "./context.ts";
import { type Database, openDatabase } from "./db/client.ts";
import { startEmbedded } from "./db/embedded.ts";
import { listenForTasks, type TaskSignal } from "./db/listen.ts";
import { migrate } from "./db/migrate.ts";
import { forwardEvents } from "./engine/forward.ts";
import { startEngine } from "./engine/start.ts";
import { engineFetch } from "./engine/wire.ts";
import { makeApi } from "./http/api.ts";
import { makeFrontDoor, type NextHandler } from "./http/front-door.ts";
import type { Log } from "./kernel/log.ts";
import { shareInProcess } from "./kernel/shared.ts";
import { openAiJudge } from "./ports/judge/openai-compatible.ts";
import { noJudge } from "./ports/judge.ts";
import { outboxMail, smtpMail } from "./ports/mail/smtp.ts";
import { startStripeStandIn } from "./ports/payments/stand-in/start.ts";
import { createStripePayments } from "./ports/payments/stripe-payments.ts";
import { repoBroker } from "./ports/repo-fetch/broker.ts";
import { localRemote } from "./ports/repo-fetch/local-remote.ts";
import { startSandbox } from "./ports/sandbox/start.ts";
import { guardedWebhookSender } from "./ports/webhook-sender/guarded-sender.ts";
import { makeLimits } from "./rest/limits.ts";
import { sweepSandboxes } from "./sandbox/tear-down-sandboxes.ts";
import { createCaller } from "./trpc/root.ts";

export type RunningCity = City & {
  /** Where it listens. */
  url: string;
  /** Resolves when no job is due and none is running. */
  idle(): Promise<void>;
  stop(): Promise<void>;
};

type Cleanup = { what: string; run(): Promise<unknown> };

/**
 * Puts the city together and starts it, in this order: database → migrations → outside parts → engine → HTTP.
 * `stop` goes the other way. What was started before a failure is stopped again.
 */
export async function startCity(
  config: Config,
  log: Log,
  next?: (city: City) => Promise<NextHandler>,
): Promise<RunningCity> {
  const cleanups: Cleanup[] = [];
  const stop = async () => {
    for (const { what, run } of cleanups.splice(0).reverse()) {
      await run().catch((error) => log.error({ err: error }, `stopping ${what} failed`));
    }
  };
  try {
    await refuseTakenPort(config);
    const { url, embedded } = await startDatabase(config, log, cleanups);
    await migrate(url, { log });
    const database = openDatabase(url, log);
    cleanups.push({ what: "the database connections", run: () => database.close() });
    const live = await listenForTasks({ url, log });
    const stopStreams = { what: "live events", run: () => live.close() };
    cleanups.push(stopStreams);

    const parts = { mail: config.smtp ? real("SMTP") : standIn("local outbox") } as City["parts"];
    parts.database = embedded ? standIn("embedded PostgreSQL") : real("PostgreSQL");
    const ports = await openPorts(config, log, url, database, parts, cleanups);
    const city = makeCity(config, log, database, live, ports, parts);
    shareInProcess("city", city);
    await sweepSandboxes(city.ctx());

    const worker = await startWorker(city, database, parts);
    cleanups.push({ what: "the engine", run: () => worker.stop() });

    const api = makeApi(city, { gitRemote: config.production ? null : localRemote(join(config.dataDir, "remotes")) });
    city.api = async (request) => api.fetch(request);
    const server = makeFrontDoor(api.fetch, next ? await next(city) : null);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(config.port, config.host, resolve);
    });
    cleanups.push({
      what: "the HTTP server",
      run: () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeIdleConnections();
          setTimeout(() => server.closeAllConnections(), 2_000).unref();
        }),
    });
    // First of all: an open stream would hold the HTTP server up.
    cleanups.push(stopStreams);

    return Object.assign(city, {
      url: `http://${localName(config.host)}:${config.port}`,
      idle: () => worker.idle(),
      stop,
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

const real = (name: string, note?: string): Part => ({ name, standIn: false, ...(note && { note }) });
const standIn = (name: string, note?: string): Part => ({ name, standIn: true, ...(note && { note }) });
const localName = (host: string) => (host === "0.0.0.0" ? "127.0.0.1" : host);

/** The same on every server of a city, because they share the key; it says nothing about it. */
const sharedMark = (masterKey: string) =>
  createHmac("sha256", masterKey).update("e2b sandboxes").digest("hex").slice(0, 32);

/** Asked before anything else is started, so that the message is the only thing that happens. */
async function refuseTakenPort({ port, host }: Config): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port} is taken. Stop what uses it, or choose another: PORT=${port + 10} npm start`)
          : error,
      ),
    );
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

async function startDatabase(config: Config, log: Log, cleanups: Cleanup[]) {
  if (config.databaseUrl) return { url: config.databaseUrl, embedded: false };
  const postgres = await startEmbedded({ dataDir: config.dataDir, log });
  cleanups.push({ what: "PostgreSQL", run: () => postgres.stop() });
  return { url: postgres.url, embedded: true };
}

async function openPorts(
  config: Config,
  log: Log,
  databaseUrl: string,
  database: Database,
  parts: City["parts"],
  cleanups: Cleanup[],
): Promise<Ports> {
  const repos = repoBroker({
    allowedHosts: config.settings.repos.allowedHosts,
    localRemotes: config.production
      ? []
      : ["127.0.0.1", "localhost"].map((host) => `http://${host}:${config.port}/git/`),
  });
  const { provider, reason } = await startSandbox({
    dataDir: config.dataDir,
    repos,
    ...(config.sandbox && { only: config.sandbox }),
    ...(config.e2b && { e2b: { account: config.e2b, city: sharedMark(config.masterKey) } }),
  });
  if (config.production && provider.name === "virtual") {
    throw new Error(`Production needs bubblewrap: ${reason}. The virtual shell is for local mode only.`);
  }
  const gaps = provider.can.gaps.join(" ");
  parts.sandbox =
    provider.name === "virtual"
      ? standIn("virtual shell", reason ?? undefined)
      : real(provider.name, gaps || undefined);
  const payments = await openPayments(config, log, databaseUrl, database, parts, cleanups);
  parts.judge = config.judge ? real(config.judge.model) : standIn("none", "the deterministic score stands alone");
  const mail = config.smtp ? smtpMail(config.smtp) : outboxMail;
  const judge = config.judge ? openAiJudge(config.judge, log) : noJudge;
  const webhooks = guardedWebhookSender({ local: !config.production });
  return { repos, sandbox: provider, payments, mail, judge, webhooks };
}

/** Stripe itself, or a stand-in whose secrets are made from ours so that they survive a restart. */
async function openPayments(
  config: Config,
  log: Log,
  databaseUrl: string,
  database: Database,
  parts: City["parts"],
  cleanups: Cleanup[],
) {
  if (config.stripe.kind === "stripe") {
    parts.payments = real("Stripe");
    const { secretKey, webhookSecret } = config.stripe;
    return createStripePayments({ secretKey, webhookSecrets: webhookSecret.split(",") });
  }
  const derived = (purpose: string) => createHash("sha256").update(`${config.masterKey}:${purpose}`).digest("hex");
  const secretKey = `sk_test_${derived("stripe key")}`;
  const webhookSecret = `whsec_${derived("stripe webhooks")}`;
  const options = {
    production: config.production,
    database: { url: databaseUrl },
    webhookUrl: `http://${localName(config.host)}:${config.port}/api/webhooks/stripe`,
    webhookSecret,
    secretKey,
    log,
    now: async () => {
      const { rows } = await database.pool.query<{ now: Date }>("select city_now() as now");
      return rows[0]?.now.getTime() ?? Date.now();
    },
  };
  const { port } = config.stripe;
  // A port that is taken is not worth refusing to start for: the pages are reached by links only.
  const running = await startStripeStandIn({ ...options, port }).catch(() =>
    startStripeStandIn({ ...options, port: 0 }),
  );
  cleanups.push({ what: "the Stripe stand-in", run: () => running.stop() });
  parts.payments = standIn("Stripe stand-in", running.url);
  return createStripePayments({ secretKey, webhookSecrets: [webhookSecret], apiUrl: running.url });
}

function makeCity(
  config: Config,
  log: Log,
  database: Database,
  live: TaskSignal,
  ports: Ports,
  parts: City["parts"],
): City {
  const inngest =
    config.inngest.kind === "embedded"
      ? makeInngest({ mode: "embedded", fetch: engineFetch(database.pool), log })
      : makeInngest({ mode: "inngest", ...config.inngest, log });
  const city: City = {
    config,
    log,
    database,
    inngest,
    parts,
    limits: makeLimits(config.settings.limits),
    authOptions: undefined as never,
    demo: config.seed === "all" ? { email: DEMO.email, password: DEMO.password } : null,
    ctx: (actor = { kind: "system" }, requestId = `job_${randomUUID()}`) => ({
      db: database.prisma,
      pool: database.pool,
      actor,
      log,
      requestId,
      ports,
      settings: config.settings,
      masterKey: config.masterKey,
      publicUrl: config.publicUrl,
      live,
    }),
    async callerFor(cookieHeader) {
      const actor = await actorFromCookie(city, cookieHeader);
      return { actor, call: createCaller(city.ctx(actor)) };
    },
    api: async () => new Response(null, { status: 503 }),
  };
  city.authOptions = nextAuthOptions(city);
  return city;
}

async function startWorker(city: City, database: Database, parts: City["parts"]) {
  const options = { pool: database.pool, log: city.log, inngest: city.inngest };
  if (city.config.inngest.kind === "inngest") {
    parts.engine = real("Inngest");
    return forwardEvents(options);
  }
  parts.engine = standIn("embedded engine");
  return startEngine({ ...options, functions: cityFunctions(city) });
}
