import { DEMO, seed, seedRepos } from "../prisma/seed.ts";
import type { City } from "./city.ts";
import { type Config, readConfig } from "./config.ts";
import type { NextHandler } from "./http/front-door.ts";
import { inTerminal } from "./kernel/start-problem.ts";
import { logFile, makeLog } from "./log.ts";
import { ensurePageBuild } from "./page-build.ts";
import { startSeedAgents } from "./seed-agents.ts";
import { startCity } from "./start-city.ts";
import { commandFor, findTools } from "./tools.ts";

// Prisma reads the parts of one answer side by side on a transaction's connection, which pg queues and warns of.
// Whoever starts a city can do nothing about a library's deprecations; tests and development still show them.
process.noDeprecation = true;

const say = (line = "") => process.stdout.write(`${line}\n`);

/** Errors of a start that is already being stopped are ignored. */
let stopping = false;

async function main(): Promise<void> {
  const config = readConfig();
  // Next reads these.
  Object.assign(process.env, { NODE_ENV: config.dev ? "development" : "production", NEXT_TELEMETRY_DISABLED: "1" });
  const log = makeLog(config);
  if (config.web && !config.dev) await ensurePageBuild(say);

  // Before the doors open: whoever reads of the demo repository can use it.
  if (config.seed !== "off") await seedRepos(config.dataDir);
  const city = await startCity(config, log, config.web ? () => startNext(config) : undefined);
  let stopAgents = async () => {};
  const stop = onceSignalled(async () => {
    stopping = true;
    say("\nStopping …");
    await stopAgents();
    await city.stop();
    process.exit(0);
  });
  if (config.seed === "all") stopAgents = startSeedAgents(await seed(city), city.url, log);
  announce(city, config);
  await stop;
}

type NextServer = { prepare(): Promise<void>; getRequestHandler(): NextHandler };

async function startNext(config: Config): Promise<NextHandler> {
  const { default: next } = await import("next");
  const make = next as unknown as (options: object) => NextServer;
  const app = make({ dev: config.dev, dir: process.cwd(), hostname: config.host, port: config.port });
  await app.prepare();
  return app.getRequestHandler();
}

function announce(city: City & { url: string }, config: Config): void {
  say(`\nAI City is open: ${config.publicUrl}`);
  if (config.seed === "all") say(`Demo sign-in:    ${DEMO.email} / ${DEMO.password}`);
  if (config.demoRepo) say(`Demo repository: ${config.demoRepo}`);
  const standIns = Object.entries(city.parts).filter(([, part]) => part.standIn);
  if (standIns.length > 0) say("\nStand-ins (the README says how each is replaced by the real part):");
  for (const [job, { name, note }] of standIns) say(`  ${job.padEnd(9)} ${name}${note ? ` (${note})` : ""}`);
  const missing = (["bwrap", "git"] as const).filter((tool) => findTools()[tool] === null);
  if (missing.length > 0) say(`\nFor the real sandbox: ${commandFor(missing)}`);
  say(`\n${config.production ? "" : `Log: ${logFile(config)}    `}Stop with Ctrl-C.`);
}

/** Resolves when the first SIGINT or SIGTERM has been dealt with; a second one ends the process at once. */
function onceSignalled(act: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    let signalled = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (signalled) process.exit(1);
        signalled = true;
        void act().then(resolve);
      });
    }
  });
}

main().then(
  () => process.exit(0),
  (error) => {
    if (stopping) return;
    process.stderr.write(`${inTerminal(error)}\n`);
    process.exit(1);
  },
);
