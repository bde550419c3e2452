import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { NO_REAL_PARTS } from "#tests/support/no-real-parts.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const START_LIMIT_MS = 60_000;

/** The environment of the journey's own city: its own data folder and port, stand-ins alone, no pages. */
export const startEnvironment = (port: number, dataDir: string) => ({
  ...process.env,
  ...NO_REAL_PARTS,
  CITY_ENV: "local",
  CITY_DATA_DIR: dataDir,
  CITY_SEED: "repos",
  CITY_WEB: "off",
  PORT: String(port),
  PUBLIC_URL: "",
});

export type JourneyServer = {
  url: string;
  checkLedger(): Promise<{ ok: boolean; output: string }>;
  kill(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
};

/** Uses the city that already answers on this port, or starts one and stops it again at the end. */
export async function reachServer(port: number, dataDir: string): Promise<JourneyServer> {
  const url = `http://127.0.0.1:${port}`;
  mkdirSync(dataDir, { recursive: true });
  const env = startEnvironment(port, dataDir);
  const child = (await answers(url)) ? null : await start(url, env);
  return {
    url,
    async checkLedger() {
      const run = promisify(execFile)(process.execPath, ["server/ledger/check.ts"], { cwd: ROOT, env });
      return run.then(
        ({ stdout }) => ({ ok: true, output: stdout }),
        (error) => ({ ok: false, output: `${error.stdout}${error.stderr}` }),
      );
    },
    kill: (signal) => end(child, signal),
    stop: () => end(child, "SIGTERM"),
  };
}

async function start(url: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["server/main.ts"], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout?.on("data", (chunk) => {
    said += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const limit = Date.now() + START_LIMIT_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`The city did not start:\n${said}`);
    if (Date.now() > limit) throw new Error(`The city did not answer in time:\n${said}`);
    await pause(100);
  }
  return child;
}

async function end(child: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  await ended;
}

/** The engine is the last part to start, so it is what tells that all is there. */
async function answers(url: string): Promise<boolean> {
  const ready = await fetch(`${url}/ready`).catch(() => null);
  const { parts } = ready?.ok ? ((await ready.json()) as { parts: Record<string, unknown> }) : { parts: {} };
  return parts.engine !== undefined;
}
