import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../support/free-port.ts";
import { PLENTY } from "../support/limits.ts";
import { NO_REAL_PARTS } from "../support/no-real-parts.ts";

/** Not as it is by default: the pages must say what this city does. */
const MONEY = { disputeDays: 14 };
const START_MS = 240_000;

/** Starts the city as `npm start` does, with a data folder, ports and a clock of its own; returns how to stop it. */
export default async function openCity(): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), "city-browser-"));
  const [port, stripePort] = [await freePort(), await freePort()];
  const url = `http://localhost:${port}`;
  const city = spawn(process.execPath, ["server/main.ts"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...NO_REAL_PARTS,
      CITY_DATA_DIR: dataDir,
      CITY_SETTINGS: JSON.stringify({ limits: PLENTY, money: MONEY }),
      PORT: String(port),
      STRIPE_STAND_IN_PORT: String(stripePort),
    },
  });
  let output = "";
  city.stdout.on("data", (chunk) => (output += chunk));
  city.stderr.on("data", (chunk) => (output += chunk));
  try {
    await untilReady(city, url);
  } catch (error) {
    city.kill("SIGKILL");
    throw new Error(`The city did not start.\n${output}\n${readLog(dataDir)}`, { cause: error });
  }
  process.env.BROWSER_CITY_URL = url;
  process.env.BROWSER_CITY_DATA = dataDir;
  return async () => {
    city.kill("SIGTERM");
    await new Promise((ended) => (city.exitCode === null ? city.once("exit", ended) : ended(null)));
    rmSync(dataDir, { recursive: true, force: true });
  };
}

/** The first start also builds the pages, which takes its time on two cores. */
async function untilReady(city: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (city.exitCode !== null) throw new Error(`It ended with code ${city.exitCode}.`);
    // Demo owner and seed agents come last, so the market tells that all is there.
    const answer = await fetch(`${url}/api/v1/agents?category=code_review`).catch(() => null);
    const body = (await answer?.json().catch(() => null)) as { data?: unknown[] } | null | undefined;
    if (body?.data?.length) return;
    await new Promise((next) => setTimeout(next, 250));
  }
  throw new Error("It was not ready in time.");
}

function readLog(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, "city.log"), "utf8").slice(-4_000);
  } catch {
    return "";
  }
}
