import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { createServer, isIPv6 } from "node:net";
import { join } from "node:path";
import { makeInngest } from "#inngest/client.ts";
import { cityFunctions } from "#inngest/functions/index.ts";
import { DEMO } from "../prisma/seed.ts";
import { actorFromCookie, nextAuthOptions } from "./auth/next-auth-options.ts";
import { type City, real, standIn } from "./city.ts";
import type { Config } from "./config.ts";
import type { Ports } from "./context.ts";
import { listenForTasks, type TaskSignal } from "./db/listen.ts";
import { openCityDatabase } from "./db/open-city-database.ts";
import { forwardEvents } from "./engine/forward.ts";
import { startEngine } from "./engine/start.ts";
import { engineFetch } from "./engine/wire.ts";
import { makeApi } from "./http/api.ts";
import { makeFrontDoor, type NextHandler } from "./http/front-door.ts";
import { countPages } from "./http/page-limits.ts";
import type { Log } from "./kernel/log.ts";
import { shareInProcess } from "./kernel/shared.ts";
import { StartProblem } from "./kernel/start-problem.ts";
import { localRemote } from "./ports/repo-fetch/local-remote.ts";
import { makeLimits } from "./rest/limits.ts";
import { sweepSandboxes } from "./sandbox/tear-down-sandboxes.ts";
import { keepModesApart, refuseOtherMode } from "./start-mode.ts";
import { type Cleanup, refuseWithoutSeal, startPorts } from "./start-ports.ts";
import { createCaller } from "./trpc/root.ts";

export type RunningCity = City & {
  /** Where it listens. */
  url: string;
  /** Resolves when no job is due and none is running. */
  idle(): Promise<void>;
  stop(): Promise<void>;
};

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
    refuseWithoutSeal(config);
    const url = ownUrl(config);
    const opened = await openCityDatabase(config, log, {
      // Only E2B's machines are reached from every server.
      alone: config.sandbox !== "e2b",
      beforeMigrations: (database) => refuseOtherMode(database, config.production),
    });
    const { url: databaseUrl, database } = opened;
    cleanups.push({ what: "the database", run: opened.close });
    await keepModesApart(database, config.production);
    const live = await listenForTasks({ url: databaseUrl, log });
    cleanups.push({ what: "live events", run: () => live.close() });

    const { ports, parts } = await startPorts({ config, log, databaseUrl, database, cityUrl: url, cleanups });
    const inside = {
      database: config.databaseUrl ? real("PostgreSQL") : standIn("embedded PostgreSQL"),
      engine: config.inngest.kind === "inngest" ? real("Inngest") : standIn("embedded engine"),
    };
    const city = makeCity({ config, log, database, live, ports, parts: { ...parts, ...inside } });
    shareInProcess("city", city);
    await sweepSandboxes(city.ctx());

    const worker = await startWorker(city);
    cleanups.push({ what: "the engine", run: () => worker.stop() });

    const api = makeApi(city, { gitRemote: config.production ? null : localRemote(join(config.dataDir, "remotes")) });
    city.api = async (request) => api.fetch(request);
    const server = makeFrontDoor(api.fetch, next ? countPages(city, await next(city)) : null, {
      trustedProxies: config.trustedProxies,
      upgrades: config.dev,
      https: config.publicUrl.startsWith("https://"),
      ...(!config.production && { hostNames: [new URL(config.publicUrl).hostname, config.host] }),
    });
    await listen(server, config);
    cleanups.push({ what: "the HTTP server", run: () => close(server, live) });

    return Object.assign(city, {
      url,
      idle: () => worker.idle(),
      stop,
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Where the city answers on its own machine. A server that listens on every address is called by the loopback one. */
export function ownUrl({ host, port }: Pick<Config, "host" | "port">): string {
  const called = new Map([
    ["0.0.0.0", "127.0.0.1"],
    ["::", "::1"],
  ]);
  const name = called.get(host) ?? host;
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
}

function listen(server: Server, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
}

/**
 * Open streams end first: they would hold the server up. Whatever else is under way is given two seconds; a connection that
 * has changed its protocol is not the server's any more, and not waited for.
 */
async function close(server: Server, live: TaskSignal): Promise<void> {
  const streamsEnd = live.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => {
      server.closeAllConnections();
      resolve();
    }, 2_000).unref();
  });
  await streamsEnd;
}

/** Checked before anything is started, so that the message is the only output. */
async function refuseTakenPort({ port, host }: Config): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new StartProblem(`Port ${port} is taken. Stop what uses it, or choose another: PORT=${port + 10} npm start`)
          : error,
      ),
    );
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

type Parts = Pick<City, "config" | "log" | "database" | "parts"> & { live: TaskSignal; ports: Ports };

function makeCity({ config, log, database, live, ports, parts }: Parts): City {
  const inngest =
    config.inngest.kind === "embedded"
      ? makeInngest({ mode: "embedded", fetch: engineFetch(database.pool), log })
      : makeInngest({ mode: "inngest", ...config.inngest, log });
  const limits = makeLimits(config.settings.limits);
  const startedAt = performance.now();
  const ctx: City["ctx"] = (
    actor = { kind: "system" },
    { requestId = `job_${randomUUID()}`, address = "the city itself" } = {},
  ) => ({
    db: database.prisma,
    pool: database.pool,
    actor,
    log,
    requestId,
    ports,
    settings: config.settings,
    masterKey: config.masterKey,
    publicUrl: config.publicUrl,
    secondsUp: () => (performance.now() - startedAt) / 1_000,
    live,
    countTry: (of, about) => limits.countTry(of, address, about),
  });
  return {
    config,
    log,
    database,
    inngest,
    parts,
    limits,
    authOptions: nextAuthOptions({ config, log, ctx }),
    demo: config.seed === "all" ? { email: DEMO.email, password: DEMO.password } : null,
    ctx,
    async callerFor(cookieHeader) {
      const actor = await actorFromCookie({ config, log, ctx }, cookieHeader);
      return { actor, call: createCaller(ctx(actor)) };
    },
    api: async () => new Response(null, { status: 503 }),
  };
}

function startWorker(city: City) {
  const options = { pool: city.database.pool, log: city.log, inngest: city.inngest };
  return city.config.inngest.kind === "inngest"
    ? forwardEvents(options)
    : startEngine({ ...options, functions: cityFunctions(city) });
}
